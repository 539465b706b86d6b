/**
 * `text` with everything escaped that could steer a terminal or mislead its reader: titles and file names are other
 * people's words, and one with an escape sequence in it could clear the screen or show another name. Control
 * characters, line separators and marks that turn the direction of writing become `\n` or `\u{…}`.
 */
export function printable(text: string): string {
  return text.replace(unsafe, escaped)
}

/** `value` as JSON, indented, that steers no terminal either: what could is written as `\\uXXXX`, which is the same to a program. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(unsafeInJson, asUnit)
}

/** What is below U+0020 was escaped by `JSON.stringify`, or is the line breaks between its lines. */
const unsafeInJson = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g

function asUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g

function escaped(character: string): string {
  const known: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
  return known[character] ?? `\\u{${character.charCodeAt(0).toString(16)}}`
}

/** Columns that `text` (without control characters) takes on a terminal: wide letters and emoji count for two. */
export function displayWidth(text: string): number {
  let width = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) width += wide.test(segment) ? 2 : 1
  return width
}

const wide =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])/u
