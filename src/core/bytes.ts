import { RedomaError } from './errors.ts'

const hexDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += hexDigits[byte] ?? ''
  return text
}

/** @throws RedomaError `DATA_DAMAGED` unless `text` is an even number of hex digits. */
export function fromHex(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw new RedomaError('DATA_DAMAGED', 'not hexadecimal digits')
  const bytes = new Uint8Array(text.length / 2)
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16)
  return bytes
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const strictUtf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })

/** The text of UTF-8 bytes, with U+FFFD for what is none. */
export function utf8Text(bytes: Uint8Array): string {
  return utf8.decode(bytes)
}

/** `undefined` unless all of it is UTF-8. */
export function strictUtf8Text(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    return undefined
  }
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Overwrites key material once it has served. */
export function wipe(...keys: readonly Uint8Array[]): void {
  for (const key of keys) key.fill(0)
}

/**
 * All of a stream in memory.
 *
 * @throws RedomaError `LIMIT_EXCEEDED` when it is longer than `limitBytes`: a stream from outside may have no end.
 */
export async function collectBytes(
  chunks: AsyncIterable<Uint8Array>,
  limitBytes: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.length
    if (length > limitBytes) throw new RedomaError('LIMIT_EXCEEDED', `more than ${limitBytes} bytes`)
    parts.push(chunk)
  }
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : concatBytes(parts)
}

/** A stream of these bytes, in one chunk. */
export async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
