import { RedomaError } from '../../core/errors.ts'
import { isPrintable } from './printable.ts'
import { invalidRune, isValidRune, visitRunes } from './runes.ts'

const shortEscapes = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
])
const shortValues = new Map([...shortEscapes].map(([byte, escape]) => [escape.charCodeAt(1), byte]))

/** Go's `strconv.Quote`, without the quotes around: any bytes as printable text. */
export function goQuote(bytes: Uint8Array): string {
  let text = ''
  visitRunes(bytes, (rune, start) => {
    text += rune === invalidRune ? hexEscape('x', bytes[start] ?? 0, 2) : quoteRune(rune)
  })
  return text
}

function quoteRune(rune: number): string {
  const short = shortEscapes.get(rune)
  if (short !== undefined) return short
  if (rune < 0x20 || rune === 0x7f) return hexEscape('x', rune, 2)
  if (rune < 0x7f || isPrintable(rune)) return String.fromCodePoint(rune)
  return rune < 0x10000 ? hexEscape('u', rune, 4) : hexEscape('U', rune, 8)
}

function hexEscape(letter: string, value: number, digits: number): string {
  return `\\${letter}${value.toString(16).padStart(digits, '0')}`
}

/**
 * Go's `strconv.Unquote` of `text` in double quotes.
 *
 * @throws RedomaError `DATA_DAMAGED` where Go reports a syntax error
 */
export function goUnquote(text: string): Uint8Array {
  if (/["\n]/.test(text.replaceAll(/\\[^]/g, ''))) throw syntaxError()
  if (!text.includes('\\')) return new Uint8Array(Buffer.from(text))
  const parts = text.split(/(\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[^]?))/)
  return new Uint8Array(
    Buffer.concat(parts.map((part) => (part.startsWith('\\') ? unescape(part) : Buffer.from(part)))),
  )
}

function unescape(escape: string): Buffer {
  const letter = escape.charCodeAt(1)
  const short = escape.length === 2 ? shortValues.get(letter) : undefined
  if (short !== undefined) return Buffer.of(short)
  if (escape.length < 4) throw syntaxError()
  if (letter >= 0x30 && letter <= 0x37) return byteOf(Number.parseInt(escape.slice(1), 8))
  const value = Number.parseInt(escape.slice(2), 16)
  return escape[1] === 'x' ? byteOf(value) : runeBytes(value)
}

function byteOf(value: number): Buffer {
  if (value > 0xff) throw syntaxError()
  return Buffer.of(value)
}

function runeBytes(rune: number): Buffer {
  if (!isValidRune(rune)) throw syntaxError()
  return Buffer.from(String.fromCodePoint(rune))
}

function syntaxError(): RedomaError {
  return new RedomaError('DATA_DAMAGED', 'a name in a tree is not quoted as Go quotes it')
}
