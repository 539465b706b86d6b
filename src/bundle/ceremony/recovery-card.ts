import { checkValueOf, type RecoveryKey } from './recovery-key.ts'
import { schemeWords } from './scheme-words.ts'
import { readableFingerprint } from './wrap-identity.ts'

/** SHA-256 of an opener, 64 hexadecimal digits. */
export interface OpenerHash {
  readonly name: string
  readonly sha256: string
}

/** What the instance alone knows: nothing of it at a ceremony on another machine. */
export interface KnownOfInstance {
  /** The number that the key gets. */
  readonly generation?: number | undefined
  /** `SHA256:…` of the key that signs its ledgers. */
  readonly ledgerSigner?: string | undefined
}

/**
 * `recovery-card.txt`: to be printed and kept with the identity files; it holds no secret.
 *
 * @param openers those that are kept with it
 */
export function recoveryCard(
  key: RecoveryKey,
  { generation, ledgerSigner }: KnownOfInstance,
  openers: readonly OpenerHash[],
): string {
  const step = openers.length === 0 ? 1 : 2
  const age = key.profile === 'pq' ? 'age 1.3 or later' : 'age, any version'
  return `RECOVERY CARD

Instance       ${key.instanceName ?? ''}
Generation     ${generation ?? 'as the instance says when it adopts the key'}
Ceremony held  ${key.heldAt.toISOString().slice(0, 16).replace('T', ' ')} UTC
Needed         ${waysOf(key)}
               ${age} (https://age-encryption.org)

${generation === undefined ? checkValuePart(key) : ''}Fingerprint of the recipient (must be the same wherever Redoma shows it):

${inTwoLines(key.fingerprint)}

Fingerprint of the ledger's signer (${ledgerSigner === undefined ? '"redoma glass adopt" shows it: write it here, and on every card' : 'must be the one that the opener shows'}):

    ${ledgerSigner ?? `SHA256:${'_'.repeat(64)}`}

Recipient:

    ${key.recipient}
${openersPart(openers)}
${secretsOf(key)}
Nobody, the makers of Redoma included, can open anything without it.


IN AN EMERGENCY, on any machine, with Redoma and the instance gone

${openers.length === 0 ? '' : openersStep}${step}. From a place where copies go, fetch the newest bundle, secrets/NAME-TIME-NUMBER.age. The identity file lies
   beside it, too.
${step + 1}. Decrypt it${key.passwordFile === undefined ? '' : '; it asks for the master password'}:

${commandsOf(key)}
${step + 2}. Unpack it into a folder that only you can read, best in memory (on Linux: /dev/shm):

       umask 077; unzip bundle.zip -d bundle

${step + 3}. Read bundle/README.txt. All credentials are in secrets.csv and secrets.json; bitwarden.json is for import.
${step + 4}. Afterwards destroy the unpacked files, and change the passwords that were seen.

With Redoma at hand:  redoma glass open BUNDLE.age --identity ${nameOf(key)}
`
}

/** Once the instance has the key, what is compared is the fingerprint. */
function checkValuePart(key: RecoveryKey): string {
  return `Check value of recovery-key.json ("redoma glass adopt" asks for it; also: sha256sum recovery-key.json):

${inTwoLines(checkValueOf(key))}

`
}

const openersStep = `1. Take open.html (for a browser) or open.mjs (for Node.js 18 or later: node open.mjs BUNDLE.age) from where this card is
   kept, on a machine without a network. Give it the newest bundle and the identity file, which lie at a place where
   copies go. Take none that lies there, too, unless "sha256sum open.html" says of it what stands above: whoever could
   write there could have put one that keeps your password or your words. A newer Redoma puts newer ones there; the one
   with this card will do. Without either of them, all that follows needs age and unzip alone:
`

function openersPart(openers: readonly OpenerHash[]): string {
  if (openers.length === 0) return ''
  const each = openers.map(({ name, sha256 }) => `    ${name}\n${inTwoLines(sha256)}`)
  return `
SHA-256 of the programs kept with this card, which open everything (sha256sum open.html):

${each.join('\n')}
`
}

function inTwoLines(digits: string): string {
  const groups = readableFingerprint(digits)
  return `    ${groups.slice(0, 39)}\n    ${groups.slice(40)}`
}

function waysOf({ passwordFile, quorum }: RecoveryKey): string {
  const byPassword = passwordFile === undefined ? [] : ['the master password and identity.password.age']
  const byQuorum =
    quorum === undefined ? [] : [`${schemeWords(quorum.shares, 'cards')}, and identity.quorum.age`]
  return [...byPassword, ...byQuorum].join(`,\n               or `)
}

function secretsOf({ passwordFile, quorum }: RecoveryKey): string {
  if (quorum === undefined)
    return 'The master password is NOT on this card. Keep the two in different places.'
  if (passwordFile === undefined)
    return 'The words of the guardians are NOT on this card. Each has a card of their own.'
  return 'Neither the master password nor the words of a guardian are on this card. Keep them in different places.'
}

function commandsOf({ passwordFile, quorum }: RecoveryKey): string {
  const byPassword = `       age -d -i identity.password.age -o bundle.zip BUNDLE.age
`
  const byQuorum = `   Let any program that knows SLIP-39 combine the words of enough cards, without a passphrase: it gives 32
   hexadecimal digits.
   They are the passphrase that this asks for:

       age -d -i identity.quorum.age -o bundle.zip BUNDLE.age
`
  const ways = [passwordFile && byPassword, quorum && byQuorum].filter((way) => way !== undefined)
  return ways.join('\n   Or with cards:\n\n')
}

function nameOf({ passwordFile }: RecoveryKey): string {
  return passwordFile === undefined ? 'identity.quorum.age' : 'identity.password.age'
}
