/*
 * The letters that a PDF shows with the fonts that every viewer has (PDF 1.7, annex D, WinAnsiEncoding): those of the languages of Western
 * Europe.
 */

/** What is at 0x80 to 0x9F; the rest is as in Latin-1. */
const special = '€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ'
const unknown = '?'.charCodeAt(0)
/** Letters that Unicode does not take apart into a letter and a mark. */
const plain: Readonly<Record<string, string>> = { Ł: 'L', ł: 'l', Đ: 'D', đ: 'd', ı: 'i', Ħ: 'H', ħ: 'h' }

/** The text in that encoding: what it has not loses its marks, or becomes a question mark. */
export function toWinAnsi(text: string): Uint8Array {
  return Uint8Array.from(Array.from(text.normalize('NFC')).flatMap(codesOf))
}

/** Whether all of a text can be shown as it is. */
export function isWinAnsi(text: string): boolean {
  return Array.from(text.normalize('NFC')).every((letter) => codeOf(letter) !== undefined)
}

function codesOf(letter: string): number[] {
  const code = codeOf(letter) ?? codeOf(plain[letter] ?? '')
  if (code !== undefined) return [code]
  const base = letter.normalize('NFKD').replace(/\p{M}/gu, '')
  return Array.from(base).map((part) => codeOf(part) ?? unknown)
}

function codeOf(letter: string): number | undefined {
  const code = letter.codePointAt(0) ?? 0
  if ((code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code < 0x100)) return code
  const at = letter === '\0' || letter === '' ? -1 : special.indexOf(letter)
  return at === -1 ? undefined : 0x80 + at
}
