import { createHash } from 'node:crypto'
import { z } from 'zod'
import { fromBase64, toBase64 } from '../../core/base64.ts'
import { canonicalJson } from '../../core/canonical-json.ts'
import { RedomaError } from '../../core/errors.ts'
import { profileOf } from '../../crypto/age/recipients.ts'
import type { Generation, GlassProfile } from '../../ports/catalogue.ts'
import { encodeShareList, type NewShareList, newShareListSchema } from '../shares/share-list.ts'
import { requirePassphraseFile } from './passphrase-file.ts'
import { fingerprintOf } from './wrap-identity.ts'

/** The public side of a recovery key, as a ceremony makes it and before an instance has given it a number. */
export interface RecoveryKey {
  readonly profile: GlassProfile
  readonly recipient: string
  readonly fingerprint: string
  readonly heldAt: Date
  /** Name of the instance that it was made for. */
  readonly instanceName?: string | undefined
  readonly passwordFile?: Uint8Array | undefined
  readonly quorum?: QuorumOfKey | undefined
}

export interface QuorumOfKey {
  readonly identityFile: Uint8Array
  readonly shares: NewShareList
}

export const recoveryKeyName = 'recovery-key.json'
const limitBytes = 1024 * 1024

const base64 = z
  .string()
  .max(200_000)
  .regex(/^[A-Za-z0-9+/]+={0,2}$/)
  .transform(fromBase64)

const schema = z.strictObject({
  schema: z.literal('redoma-recovery-key/1'),
  profile: z.enum(['classic', 'pq']),
  recipient: z.string().max(4000),
  fingerprint: z.string(),
  heldAt: z.iso.datetime(),
  instance: z.string().max(200).optional(),
  identityPassword: base64.optional(),
  identityQuorum: base64.optional(),
  shares: newShareListSchema.optional(),
})

/** What leaves a ceremony on another machine; it holds no secret. */
export function recoveryKeyJson(key: RecoveryKey): string {
  const text = canonicalJson({
    schema: 'redoma-recovery-key/1',
    profile: key.profile,
    recipient: key.recipient,
    fingerprint: key.fingerprint,
    heldAt: key.heldAt.toISOString(),
    instance: key.instanceName,
    identityPassword: key.passwordFile && toBase64(key.passwordFile),
    identityQuorum: key.quorum && toBase64(key.quorum.identityFile),
    shares: key.quorum?.shares,
  })
  return `${text}\n`
}

/**
 * SHA-256 of `recovery-key.json` as a ceremony writes it, 64 hexadecimal digits: `sha256sum` says the same of the file. It covers all that
 * is adopted. The fingerprint covers the recipient alone, and beside a true recipient there could be an identity and shares of others.
 */
export function checkValueOf(key: RecoveryKey): string {
  return createHash('sha256').update(recoveryKeyJson(key)).digest('hex')
}

/**
 * What it says of itself is compared: profile and fingerprint with the recipient, shares with each other. Whether it is the key that was
 * made is for people to say, by its check value.
 *
 * @throws RedomaError `FORMAT_UNKNOWN`, `DATA_DAMAGED`, `LIMIT_EXCEEDED`
 */
export function parseRecoveryKey(bytes: Uint8Array): RecoveryKey {
  if (bytes.length > limitBytes)
    throw new RedomaError('LIMIT_EXCEEDED', 'this is too long for a recovery key')
  const parsed = schema.safeParse(jsonOf(bytes))
  if (!parsed.success) {
    throw new RedomaError('FORMAT_UNKNOWN', 'this is not a recovery key that this program knows', {
      hint: `A ceremony on another machine writes ${recoveryKeyName}.`,
    })
  }
  const { profile, recipient, fingerprint, heldAt, instance, identityPassword, identityQuorum, shares } =
    parsed.data
  if (profileOf(recipient) !== profile) throw contradiction('profile')
  if (fingerprintOf(recipient) !== fingerprint) throw contradiction('fingerprint')
  if ((identityQuorum === undefined) !== (shares === undefined)) throw contradiction('shares')
  const files = [identityPassword, identityQuorum].filter((file) => file !== undefined)
  if (files.length === 0) throw new RedomaError('DATA_DAMAGED', 'nothing would open this recovery key')
  for (const file of files) requirePassphraseFile(file)
  return {
    profile,
    recipient,
    fingerprint,
    heldAt: new Date(heldAt),
    instanceName: instance,
    passwordFile: identityPassword,
    quorum: identityQuorum &&
      shares && { identityFile: identityQuorum, shares: consistent(shares, fingerprint) },
  }
}

/** What the instance keeps of it. */
export function generationOf(key: RecoveryKey, number: number): Generation {
  const { profile, recipient, fingerprint, heldAt, passwordFile, quorum } = key
  return {
    number,
    profile,
    recipient,
    fingerprint,
    heldAt,
    passwordFile,
    quorum: quorum && {
      identityFile: quorum.identityFile,
      shareList: encodeShareList({ ...quorum.shares, generation: number }),
    },
  }
}

function consistent(shares: NewShareList, fingerprint: string): NewShareList {
  if (shares.fingerprint !== fingerprint) throw contradiction('shares')
  return shares
}

function contradiction(what: string): RedomaError {
  return new RedomaError('DATA_DAMAGED', `the recovery key contradicts itself: its ${what}`)
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
