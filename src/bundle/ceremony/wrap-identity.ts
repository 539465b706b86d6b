import { createHash } from 'node:crypto'
import { wipe } from '../../core/bytes.ts'
import type { Secret } from '../../core/secret.ts'
import { encryptWithPassphrase } from '../../crypto/age/encrypt.ts'
import type { AgeKeyPair } from '../../crypto/age/recipients.ts'

/** `identity.password.age`: the identity as `age-keygen` writes it, encrypted with the master password. `age -i` takes it. */
export async function wrapIdentity(
  { identity, recipient }: AgeKeyPair,
  password: Secret,
  scryptLogN?: number,
): Promise<Uint8Array> {
  const plaintext = new TextEncoder().encode(`# public key: ${recipient}\n${identity.reveal()}\n`)
  try {
    return await encryptWithPassphrase(plaintext, password, scryptLogN)
  } finally {
    wipe(plaintext)
  }
}

/** SHA-256 of the recipient's text: short enough to compare by eye, on a card and on a screen. */
export function fingerprintOf(recipient: string): string {
  return createHash('sha256').update(recipient).digest('hex')
}

/** `3f2a 91bc …`: sixteen groups of four digits, to be compared by eye. */
export function readableFingerprint(fingerprint: string): string {
  return fingerprint.match(/.{1,4}/g)?.join(' ') ?? ''
}
