import { createCipheriv, randomBytes } from 'node:crypto'
import { concatBytes } from '../core/bytes.ts'
import { RedomaError } from '../core/errors.ts'
import { aes256GcmOpen } from './portable/aes-gcm.ts'
import type { Primitives } from './primitives.ts'

const algorithm = 'aes-256-gcm'
/** The first byte of what is sealed, so that another algorithm can come later. */
const version = 1
const nonceBytes = 12
const tagLength = { authTagLength: 16 }

/**
 * Seals a value of the catalogue: version (1) ‖ nonce (12) ‖ AES-256-GCM ciphertext ‖ tag (16).
 *
 * `associatedData` says which value it is (table, row, column): a ciphertext moved to another row is refused.
 * Nonces are random: safe for 2^32 values under one key (NIST SP 800-38D, 8.3).
 */
export function seal(key: Uint8Array, plaintext: Uint8Array, associatedData: string): Uint8Array {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce, tagLength).setAAD(Buffer.from(associatedData))
  const ciphertext = [cipher.update(plaintext), cipher.final()]
  return concatBytes([Uint8Array.of(version), nonce, ...ciphertext, cipher.getAuthTag()])
}

/**
 * @param gcm what opens it: native primitives, where there are very many values
 * @throws RedomaError `INSTANCE_KEY_WRONG` when it was not sealed with this key, as this value, or was altered
 */
export function open(
  key: Uint8Array,
  sealed: Uint8Array,
  associatedData: string,
  gcm: Gcm = { aes256GcmOpen },
): Uint8Array {
  const bodyStart = 1 + nonceBytes
  const length = sealed.length - bodyStart - tagLength.authTagLength
  if (length < 0 || sealed[0] !== version) throw wrongKey()
  const plaintext = new Uint8Array(length)
  const nonce = sealed.subarray(1, bodyStart)
  const body = sealed.subarray(bodyStart)
  if (gcm.aes256GcmOpen(key, nonce, Buffer.from(associatedData), body, plaintext)) return plaintext
  throw wrongKey()
}

export type Gcm = Pick<Primitives, 'aes256GcmOpen'>

function wrongKey(): RedomaError {
  return new RedomaError(
    'INSTANCE_KEY_WRONG',
    'a sealed value does not open: another instance key sealed it, or it was altered',
  )
}
