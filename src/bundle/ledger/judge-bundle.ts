import { sshFingerprint } from '../../crypto/ssh-signature.ts'
import { parseBundleName } from '../bundle-name.ts'
import { currentObjects } from './current-objects.ts'
import type { LedgerEntry } from './line.ts'
import { type LedgerTrust, verifyLedger } from './verify-ledger.ts'

/** What the ledger beside a bundle says of it, held to the key that is in the bundle. */
export interface LedgerOnBundle {
  /** What is wrong with the ledger itself, a line each; empty: nobody but the instance wrote it. */
  readonly findings: readonly string[]
  /** `altered`: listed under this name, with other bytes. `not-read`: the ledger is none, or too long. */
  readonly bundle: 'listed' | 'altered' | 'not-listed' | 'not-read'
  /**
   * `SHA256:…` of the key that it was held to. That key comes from the bundle: so the ledger says what the bundle's maker says, and is the
   * instance's only where this is the fingerprint that people have on paper.
   */
  readonly signer: string
  /** Name of the newest bundle of its kind, where that is another one. */
  readonly newer?: string
  /** The number of the newest bundle that is listed. */
  readonly newest?: number
  /** It got a new header since it was made: the recovery key that it is sealed to now. */
  readonly rewrapped?: { readonly generation: number; readonly fingerprint: string }
}

/**
 * A bundle is known by its hash first, as people rename files.
 *
 * @param bundle `name` without a folder, SHA-256 in lower-case hex
 */
export function judgeBundle(
  ledger: Uint8Array,
  trust: LedgerTrust,
  bundle: { readonly name: string; readonly sha256: string },
): LedgerOnBundle {
  const { entries, findings } = verifyLedger(ledger, trust)
  const bundles = [...currentObjects(entries).values()].filter(({ kind }) => kind === 'bundle')
  const messages = findings.map(({ message }) => message)
  const signer = sshFingerprint(trust.publicKey)
  const listed = bundles.find(({ sha256 }) => sha256 === bundle.sha256)
  const said = { findings: messages, signer, ...newestOf(bundles) }
  if (listed === undefined) {
    const isNamed = bundles.some(({ object }) => object.endsWith(`/${bundle.name}`))
    return { ...said, bundle: isNamed ? 'altered' : 'not-listed' }
  }
  const stem = parseBundleName(listed.object)?.stem
  const newest = bundles
    .filter(({ object }) => parseBundleName(object)?.stem === stem)
    .reduce((newer, one) => (sequenceOf(one) > sequenceOf(newer) ? one : newer), listed)
  const newer = newest === listed ? {} : { newer: newest.object.slice(newest.object.lastIndexOf('/') + 1) }
  return { ...said, bundle: 'listed', ...newer, ...rewrappingOf(listed) }
}

function newestOf(bundles: readonly LedgerEntry[]): Pick<LedgerOnBundle, 'newest'> {
  if (bundles.length === 0) return {}
  return { newest: bundles.reduce((newest, one) => Math.max(newest, sequenceOf(one)), 0) }
}

function rewrappingOf({ detail }: LedgerEntry): Pick<LedgerOnBundle, 'rewrapped'> {
  const { rewrapped, generation, fingerprint } = detail
  if (rewrapped === undefined || typeof generation !== 'number' || typeof fingerprint !== 'string') return {}
  return { rewrapped: { generation, fingerprint } }
}

function sequenceOf({ detail }: LedgerEntry): number {
  return Number(detail['sequence'] ?? 0)
}
