import { fromHex, toHex } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Primitives } from '../primitives.ts'

const key = Uint8Array.from({ length: 32 }, (_, index) => index)
const text = Buffer.from('redoma redoma redoma redoma redoma redoma')

/** Made with the portable twin. */
const sealedWithGcm =
  '3567b274a884e269e825f8e6d0c90a08e7b9ea55d0093a18570a84a56f0c64dd6c718e8ecaa57df515d75ed8d692f24705c341887254ab4ae0'

const knownAnswers = {
  sha256: 'e49783c5b46bac0844cf4927d7aa437e715f226e6d53ddebe45ea868d11ea05a',
  aes256Ctr: '280b6038659a51e4954a3a5063e3d4f7049c7db4e3f73d393a7b9a71008044a0710457295fa1a3c9da',
  aes128Block: '07feef74e1d5036e900eee118e949293',
  poly1305: '449008305c98a424805ab315da7917dc',
  chacha20Poly1305:
    'fb9e6c6f44768532d2e7509ef93d7c06ad1fdf867106c8dd89fa4ee507a5c25381e10c81837adef5566dbb50f97df9a1e70caed8e80edd55db',
  opened: toHex(text),
  aes256Gcm: toHex(text),
  decompressed: toHex(text),
} as const

/**
 * Another Node may bring another OpenSSL or zstd with other structs: so one small question to each function, in 0.2 ms,
 * before data is trusted to them.
 *
 * @throws RedomaError `INTERNAL` at the first wrong answer
 */
export function requireKnownAnswers(primitives: Primitives): void {
  const given = answers(primitives)
  for (const [name, answer] of Object.entries(knownAnswers)) {
    if (toHex(given[name as keyof typeof given]) === answer) continue
    throw new RedomaError('INTERNAL', `the native ${name} gave a wrong answer`)
  }
}

function answers(primitives: Primitives): Record<keyof typeof knownAnswers, Uint8Array> {
  const given = {
    sha256: new Uint8Array(32),
    aes256Ctr: new Uint8Array(text.length),
    aes128Block: new Uint8Array(16),
    poly1305: new Uint8Array(16),
    chacha20Poly1305: new Uint8Array(text.length + 16),
    opened: new Uint8Array(text.length),
    aes256Gcm: new Uint8Array(text.length),
    decompressed: new Uint8Array(text.length),
  }
  const [nonce, block] = [key.subarray(0, 12), key.subarray(0, 16)]
  primitives.sha256(text, given.sha256)
  primitives.aes256Ctr(key, block, text, given.aes256Ctr)
  primitives.aes128Block(block, key.subarray(16), given.aes128Block)
  primitives.poly1305(key, text, given.poly1305)
  primitives.chacha20Poly1305Seal(key, nonce, text, given.chacha20Poly1305)
  primitives.chacha20Poly1305Open(key, nonce, given.chacha20Poly1305, given.opened)
  primitives.aes256GcmOpen(key, nonce, block, fromHex(sealedWithGcm), given.aes256Gcm)
  primitives.zstdDecompress(compressed(primitives), given.decompressed)
  return given
}

function compressed(primitives: Primitives): Uint8Array {
  const frame = new Uint8Array(primitives.zstdBound(text.length))
  return frame.subarray(0, primitives.zstdCompress(3, text, frame))
}
