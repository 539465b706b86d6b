import { createCipheriv, randomBytes } from 'node:crypto'
import { concatBytes, utf8Text, wipe } from '../core/bytes.ts'
import { RedomaError } from '../core/errors.ts'
import { aes256GcmOpen } from './portable/aes-gcm.ts'
import type { Primitives } from './primitives.ts'

const algorithm = 'aes-256-gcm'
/** The first byte of what is sealed, so that another algorithm can come later. */
const version = 1
const nonceBytes = 12
const bodyStart = 1 + nonceBytes
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
  const plaintext = new Uint8Array(plaintextLength(sealed))
  openInto(plaintext, key, sealed, Buffer.from(associatedData), gcm)
  return plaintext
}

/** Of a text and of associated data, in UTF-8. */
const shortBytes = 1024

/**
 * `open` for hundreds of thousands of texts: each is opened in the same memory, which is wiped after it. What is long is opened in
 * its own.
 */
export function textOpener(
  gcm: Gcm,
): (key: Uint8Array, sealed: Uint8Array, associatedData: string) => string {
  const [room, data] = [Buffer.alloc(shortBytes), Buffer.alloc(shortBytes)]
  return (key, sealed, associatedData) => {
    const length = plaintextLength(sealed)
    if (length > shortBytes || 3 * associatedData.length > shortBytes) {
      return utf8Text(open(key, sealed, associatedData, gcm))
    }
    const plaintext = room.subarray(0, length)
    openInto(plaintext, key, sealed, data.subarray(0, data.write(associatedData)), gcm)
    const text = plaintext.toString()
    wipe(plaintext)
    return text
  }
}

function plaintextLength(sealed: Uint8Array): number {
  const length = sealed.length - bodyStart - tagLength.authTagLength
  if (length < 0 || sealed[0] !== version) throw wrongKey()
  return length
}

function openInto(
  plaintext: Uint8Array,
  key: Uint8Array,
  sealed: Uint8Array,
  associatedData: Uint8Array,
  gcm: Gcm,
): void {
  const [nonce, body] = [sealed.subarray(1, bodyStart), sealed.subarray(bodyStart)]
  if (!gcm.aes256GcmOpen(key, nonce, associatedData, body, plaintext)) throw wrongKey()
}

export type Gcm = Pick<Primitives, 'aes256GcmOpen'>

function wrongKey(): RedomaError {
  return new RedomaError(
    'INSTANCE_KEY_WRONG',
    'a sealed value does not open: another instance key sealed it, or it was altered',
  )
}
