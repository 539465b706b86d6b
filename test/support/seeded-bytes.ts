import { createCipheriv } from 'node:crypto'

/** Bytes that look random, and are the same for the same seed. */
export function seededBytes(seed: number, length: number): Uint8Array {
  const key = Buffer.alloc(32)
  key.writeUInt32LE(seed)
  return new Uint8Array(createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length)))
}
