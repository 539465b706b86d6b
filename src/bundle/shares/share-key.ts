import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bech32 } from '@scure/base'
import { toHex, wipe } from '../../core/bytes.ts'
import { Secret } from '../../core/secret.ts'
import { type AgeKeyPair, recipientOf } from '../../crypto/age/recipients.ts'
import type { Share } from '../../crypto/slip39/parse-share.ts'

const label = 'redoma share key 1'

/**
 * The share's own classic age key: with it its keeper alone can be asked for an answer, and nobody else can give it. It opens nothing
 * but such questions.
 */
export async function shareKeyOf(share: Pick<Share, 'words'>): Promise<AgeKeyPair> {
  const words = new TextEncoder().encode(share.words.reveal())
  const scalar = hkdf(sha256, words, new Uint8Array(0), new TextEncoder().encode(label), 32)
  const identity = new Secret(bech32.encodeFromBytes('AGE-SECRET-KEY-', scalar).toUpperCase())
  wipe(words, scalar)
  return { identity, recipient: await recipientOf(identity) }
}

/** SHA-256 of the words, in hexadecimal digits. Of at least 128 random bits: it tells nothing about them. */
export function shareHash(share: Pick<Share, 'words'>): string {
  const words = new TextEncoder().encode(share.words.reveal())
  const hash = toHex(sha256(words))
  wipe(words)
  return hash
}
