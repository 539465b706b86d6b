import { readableFingerprint } from './wrap-identity.ts'

export interface RecoveryCard {
  readonly instanceName: string
  readonly generation: number
  readonly profile: 'classic' | 'pq'
  readonly recipient: string
  readonly fingerprint: string
  readonly heldAt: Date
}

/** `recovery-card.txt`: to be printed and kept with the identity file; it holds no secret. */
export function recoveryCard(card: RecoveryCard): string {
  const needed = card.profile === 'pq' ? 'age 1.3 or later' : 'age, any version'
  return `RECOVERY CARD

Instance       ${card.instanceName}
Generation     ${card.generation}
Ceremony held  ${card.heldAt.toISOString()}
Needed         the master password, identity.password.age, ${needed} (https://age-encryption.org)

Fingerprint of the recipient (must be the same wherever Redoma shows it):

    ${readableFingerprint(card.fingerprint).slice(0, 39)}
    ${readableFingerprint(card.fingerprint).slice(40)}

Recipient:

    ${card.recipient}

The master password is NOT on this card. Keep the two in different places.
Nobody, the makers of Redoma included, can open anything without it.


IN AN EMERGENCY, on any machine, with Redoma and the instance gone

1. From a place where copies go, fetch the newest bundle, secrets/NAME-TIME-NUMBER.age. The identity file lies
   beside it, too.
2. Decrypt it; it asks for the master password:

       age -d -i identity.password.age -o bundle.zip BUNDLE.age

3. Unpack it into a folder that only you can read, best in memory (on Linux: /dev/shm):

       umask 077; unzip bundle.zip -d bundle

4. Read bundle/README.txt. All credentials are in secrets.csv and secrets.json; bitwarden.json is for import.
5. Afterwards destroy the unpacked files, and change the passwords that were seen.

With Redoma at hand:  redoma glass open BUNDLE.age --identity identity.password.age
`
}
