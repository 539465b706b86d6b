import { randomBytes } from 'node:crypto'
import { wipe } from '../../core/bytes.ts'
import { Secret } from '../../core/secret.ts'
import { type AgeKeyPair, generateIdentity } from '../../crypto/age/recipients.ts'
import { splitSecret } from '../../crypto/slip39/split-secret.ts'
import type { GlassProfile } from '../../ports/catalogue.ts'
import { quorumPassphrase } from '../shares/quorum-passphrase.ts'
import { makeShareList } from '../shares/share-list.ts'
import type { QuorumOfKey, RecoveryKey } from './recovery-key.ts'
import { fingerprintOf, wrapIdentity } from './wrap-identity.ts'

/** Who must come together: so many of so many shares, in so many of the groups. */
export interface NamedScheme {
  readonly groupThreshold: number
  readonly groups: readonly { readonly name: string; readonly threshold: number; readonly count: number }[]
}

export interface KeyWish {
  readonly profile: GlassProfile
  readonly instanceName: string
  readonly heldAt: Date
  /** At least one of the two. */
  readonly password?: Secret | undefined
  readonly scheme?: NamedScheme | undefined
  /** Work factor of both wrappings, 18 where it is not said; tests take less. */
  readonly scryptLogN?: number | undefined
}

/** A share on its way to its guardian; nothing keeps it. */
export interface NewShare {
  /** 1, 2, 3 … over all groups. */
  readonly number: number
  /** Position among the groups, from 0. */
  readonly group: number
  readonly words: Secret
}

export interface NewKey {
  readonly key: RecoveryKey
  /** None without a quorum. */
  readonly shares: readonly NewShare[]
}

/** Of the secret that is shared: 128 bits, so that a share has 20 words. */
const quorumSecretBytes = 16

/**
 * Makes a recovery key in memory. Its identity leaves this function wrapped only: once under the password, once under a secret that the
 * shares give.
 */
export async function makeKey(wish: KeyWish): Promise<NewKey> {
  const pair = await generateIdentity(wish.profile)
  const fingerprint = fingerprintOf(pair.recipient)
  const { password, scryptLogN } = wish
  const passwordFile = password && (await wrapIdentity(pair, password, scryptLogN))
  const shared = wish.scheme && (await shareIdentityAmong(pair, fingerprint, wish.scheme, scryptLogN))
  return {
    key: {
      profile: wish.profile,
      recipient: pair.recipient,
      fingerprint,
      heldAt: wish.heldAt,
      instanceName: wish.instanceName,
      passwordFile,
      quorum: shared?.quorum,
    },
    shares: shared?.shares ?? [],
  }
}

async function shareIdentityAmong(
  pair: AgeKeyPair,
  fingerprint: string,
  scheme: NamedScheme,
  scryptLogN: number | undefined,
): Promise<{ readonly quorum: QuorumOfKey; readonly shares: readonly NewShare[] }> {
  const secret = randomBytes(quorumSecretBytes)
  try {
    const ofGroups = splitSecret(secret, scheme)
    const shares = ofGroups
      .flatMap((words, group) => words.map((one) => ({ group, words: one })))
      .map((share, at) => ({ ...share, number: at + 1 }))
    const identityFile = await wrapIdentity(pair, quorumPassphrase(secret), scryptLogN)
    const names = scheme.groups.map(({ name }) => name)
    const list = await makeShareList(ofGroups, names, fingerprint)
    return { quorum: { identityFile, shares: list }, shares }
  } finally {
    wipe(secret)
  }
}
