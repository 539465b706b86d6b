import { RedomaError } from './errors.ts'

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** @throws RedomaError `DATA_DAMAGED` unless `text` is an even number of hex digits. */
export function fromHex(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw new RedomaError('DATA_DAMAGED', 'not hexadecimal digits')
  return new Uint8Array(Buffer.from(text, 'hex'))
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
