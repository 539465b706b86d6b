import { createDecipheriv, type DecipherGCM } from 'node:crypto'
import { requireLength, requireRoom, tagBytes } from '../lengths.ts'
import type { Primitives } from '../primitives.ts'

/** `Primitives.aes256GcmOpen` on `node:crypto`: for the few values that most commands open, which need no other primitive. */
export const aes256GcmOpen: Primitives['aes256GcmOpen'] = (key, nonce, associatedData, sealed, out) => {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  return openWith(decipher.setAAD(associatedData), sealed, out)
}

/** Ciphertext and tag into `out`, which is 16 bytes shorter; false, with `out` zeroed, when the tag is wrong. */
export function openWith(
  decipher: Pick<DecipherGCM, 'setAuthTag' | 'update' | 'final'>,
  sealed: Uint8Array,
  out: Uint8Array,
): boolean {
  requireRoom(sealed, tagBytes)
  requireLength(out, sealed.length - tagBytes, 'the output')
  decipher.setAuthTag(sealed.subarray(out.length))
  const plaintext = decipher.update(sealed.subarray(0, out.length))
  out.set(plaintext)
  plaintext.fill(0)
  try {
    decipher.final()
    return true
  } catch {
    out.fill(0)
    return false
  }
}
