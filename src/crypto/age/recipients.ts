import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { RedomaError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'

/**
 * `classic` (X25519, `age1…`) opens with every `age`; `pq` (X25519 with ML-KEM-768, `age1pq1…`) with `age` 1.3 or later,
 * and withstands a quantum computer of tomorrow that reads what is copied today.
 */
export type AgeProfile = 'classic' | 'pq'

export interface AgeKeyPair {
  readonly identity: Secret
  readonly recipient: string
}

export async function generateIdentity(profile: AgeProfile): Promise<AgeKeyPair> {
  const identity = await (profile === 'pq' ? generateHybridIdentity() : generateX25519Identity())
  return { identity: new Secret(identity), recipient: await identityToRecipient(identity) }
}

/** @throws RedomaError `DATA_DAMAGED` when it is not an identity, or mistyped. No part of it is in the message. */
export async function recipientOf(identity: Secret): Promise<string> {
  try {
    return await identityToRecipient(identity.reveal())
  } catch {
    // Without the cause: typage's message would repeat the identity.
    throw new RedomaError('DATA_DAMAGED', 'this is not an age identity, or some of it was mistyped')
  }
}

/** @throws RedomaError `FORMAT_UNKNOWN` when it is no recipient of either profile */
export function profileOf(recipient: string): AgeProfile {
  if (/^age1pq1[02-9ac-hj-np-z]{1952}$/.test(recipient)) return 'pq'
  if (/^age1[02-9ac-hj-np-z]{58}$/.test(recipient)) return 'classic'
  throw new RedomaError('FORMAT_UNKNOWN', `${JSON.stringify(recipient.slice(0, 80))} is not an age recipient`)
}
