import { randomBytes, timingSafeEqual } from 'node:crypto'
import { collectBytes, oneChunk, wipe } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { decryptAge } from '../../crypto/age/decrypt.ts'
import { beginAgeEncryption } from '../../crypto/age/encrypt.ts'
import { readIdentities } from '../../crypto/age/identity-file.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import { combineShares } from '../../crypto/slip39/combine-shares.ts'
import type { Share } from '../../crypto/slip39/parse-share.ts'
import { quorumPassphrase } from '../shares/quorum-passphrase.ts'
import { smallestQuorums } from './smallest-quorums.ts'

const challengeBytes = 32

/**
 * Proves that this identity file and this password open what is sealed to `recipient`: the very way that people go in an
 * emergency, gone once before anything depends on it.
 *
 * @throws RedomaError `KEY_WRONG`, `VERIFICATION_FAILED`
 */
export async function rehearseOpening(
  identityFile: Uint8Array,
  password: Secret,
  recipient: string,
  primitives: Primitives,
): Promise<void> {
  const challenge = randomBytes(challengeBytes)
  const sealing = await beginAgeEncryption([recipient], primitives)
  wipe(sealing.fileKey)
  const identities = await readIdentities(identityFile, async () => password)
  const opened = decryptAge(
    sealing.ciphertext(oneChunk(challenge)),
    { kind: 'identities', identities },
    primitives,
  )
  const answer = await collectBytes(opened, challengeBytes)
  if (answer.length === challengeBytes && timingSafeEqual(answer, challenge)) return
  throw new RedomaError('VERIFICATION_FAILED', 'the new identity does not open what is sealed to it')
}

/**
 * The same by a quorum: every share is used in one, all give the same secret, and that opens the identity.
 *
 * @param shares all of them
 * @throws RedomaError `KEY_WRONG`, `VERIFICATION_FAILED`
 */
export async function rehearseQuorum(
  identityFile: Uint8Array,
  shares: readonly Share[],
  recipient: string,
  primitives: Primitives,
): Promise<void> {
  const secrets = smallestQuorums(shares).map((quorum) => combineShares(quorum))
  try {
    const [first, ...others] = secrets
    if (first === undefined || others.some((other) => !timingSafeEqual(other, first))) {
      throw new RedomaError('VERIFICATION_FAILED', 'the new shares do not all give the same secret')
    }
    await rehearseOpening(identityFile, quorumPassphrase(first), recipient, primitives)
  } finally {
    wipe(...secrets)
  }
}
