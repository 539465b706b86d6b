import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { RedomaError } from '../../core/errors.ts'
import type { Primitives } from '../../crypto/primitives.ts'

/** Twin of src/crypto/portable.ts, on JavaScript alone: what age files need. The rest of the primitives is for repositories. */
export function portablePrimitives(): Primitives {
  return {
    name: 'portable',
    sha256(data, out) {
      out.set(sha256(data))
    },
    chacha20Poly1305Seal(key, nonce, plaintext, out) {
      chacha20poly1305(key, nonce).encrypt(plaintext, out)
    },
    chacha20Poly1305Open(key, nonce, sealed, out) {
      try {
        chacha20poly1305(key, nonce).decrypt(sealed, out)
        return true
      } catch {
        out.fill(0)
        return false
      }
    },
    aes256Ctr: absent,
    aes256GcmOpen: absent,
    aes128Block: absent,
    poly1305: absent,
    zstdBound: absent,
    zstdCompress: absent,
    zstdDecompress: absent,
  }
}

function absent(): never {
  throw new RedomaError('INTERNAL', 'the opener page has no such primitive')
}
