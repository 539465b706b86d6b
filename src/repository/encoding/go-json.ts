import { invalidRune, visitRunes } from './runes.ts'

/** Printable ASCII that JSON and Go's HTML escaping leave alone: the common case, decided by one regular expression. */
const plain = /^[ !#-%'-;=?-[\]-~]*$/
/** What JSON and Go's HTML escaping escape, and halves of surrogate pairs. */
const special =
  /["\\<>&\u2028\u2029]|[^ -\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const shortEscapes = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

/** A JSON string literal exactly as Go's `encoding/json` (1.22 or later) writes it, HTML characters escaped. */
export function goJsonString(text: string): string {
  return plain.test(text) ? `"${text}"` : `"${text.replaceAll(special, escapeCharacter)}"`
}

function escapeCharacter(character: string): string {
  const short = shortEscapes.get(character)
  if (short !== undefined) return short
  const code = character.charCodeAt(0)
  // Half of a surrogate pair has no UTF-8 form: Go reads it as the replacement character.
  return code >= 0xd800 && code < 0xe000 ? '\ufffd' : `\\u${code.toString(16).padStart(4, '0')}`
}

/** The same for bytes that may not be UTF-8: Go writes `\ufffd` for each invalid byte. */
export function goJsonBytes(bytes: Uint8Array): string {
  const ascii = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  if (plain.test(ascii)) return `"${ascii}"`
  let literal = ''
  visitRunes(bytes, (rune) => {
    literal += rune === invalidRune ? '\\ufffd' : goJsonString(String.fromCodePoint(rune)).slice(1, -1)
  })
  return `"${literal}"`
}

/** Any JSON value as Go would write it, in the order of its keys; `bigint`s are integers of 64 bits. */
export function goJsonValue(value: unknown): string {
  if (typeof value === 'string') return goJsonString(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(goJsonValue).join()}]`
  return `{${Object.entries(value)
    .map(([key, item]) => `${goJsonString(key)}:${goJsonValue(item)}`)
    .join()}}`
}
