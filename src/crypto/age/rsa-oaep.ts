import { randomBytes } from 'node:crypto'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, wipe } from '../../core/bytes.ts'

interface RsaPublicKey {
  readonly exponent: bigint
  readonly modulus: bigint
  readonly modulusBytes: number
}

const hashBytes = 32

/** RSAES-OAEP (RFC 8017, 7.1.1) with SHA-256. For a message that is far shorter than the key. */
export function encryptOaep(key: RsaPublicKey, message: Uint8Array, label: Uint8Array): Uint8Array {
  const blockBytes = key.modulusBytes - hashBytes - 1
  const block = new Uint8Array(blockBytes)
  block.set(sha256(label))
  block[blockBytes - message.length - 1] = 1
  block.set(message, blockBytes - message.length)
  const seed = Uint8Array.from(randomBytes(hashBytes))
  mask(block, seed)
  mask(seed, block)
  const encoded = concatBytes([Uint8Array.of(0), seed, block])
  const encrypted = power(numberOf(encoded), key.exponent, key.modulus)
  wipe(encoded, seed, block)
  return bytesOf(encrypted, key.modulusBytes)
}

/** With MGF1 of `seed`. */
function mask(bytes: Uint8Array, seed: Uint8Array): void {
  for (let block = 0; block * hashBytes < bytes.length; block++) {
    const counter = Uint8Array.of(block >>> 24, block >>> 16, block >>> 8, block)
    for (const [at, byte] of sha256(concatBytes([seed, counter])).entries()) {
      const place = block * hashBytes + at
      if (place < bytes.length) bytes[place] = (bytes[place] ?? 0) ^ byte
    }
  }
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square] = [1n, base % modulus]
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n)
}

function bytesOf(number: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let [at, rest] = [length - 1, number]; at >= 0; at--, rest >>= 8n) bytes[at] = Number(rest & 255n)
  return bytes
}
