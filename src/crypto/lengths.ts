import { RedomaError } from '../core/errors.ts'

/** A wrong length here would make C code read or write past the end of a buffer: it must never get that far. */
export function requireLength(bytes: Uint8Array, length: number, what: string): void {
  if (bytes.length !== length) {
    throw new RedomaError('INTERNAL', `${what} is ${bytes.length} bytes long, expected ${length}`)
  }
}

export function requireRoom(out: Uint8Array, length: number): void {
  if (out.length < length) {
    throw new RedomaError('INTERNAL', `the output has room for ${out.length} bytes, needed ${length}`)
  }
}

/** Length of the tag that ChaCha20-Poly1305 appends. */
export const tagBytes = 16
