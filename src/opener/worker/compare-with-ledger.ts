import { createHash } from 'node:crypto'
import { currentObjects } from '../../bundle/ledger/current-objects.ts'
import type { LedgerEntry } from '../../bundle/ledger/line.ts'
import { verifyLedger } from '../../bundle/ledger/verify-ledger.ts'
import { collectBytes, utf8Text } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import { sshFingerprint } from '../../crypto/ssh-signature.ts'
import type { LedgerSaid } from '../protocol.ts'
import type { Glass } from './open-glass.ts'
import { bytesOf } from './read-blob.ts'

/** Half a million entries. */
const ledgerLimitBytes = 256 * 1024 * 1024
const stepBytes = 4 * 1024 * 1024

/**
 * Holds a ledger to the key that is in the bundle, and the bundle to what the ledger lists. The bundle is known by its hash first, as
 * people rename files.
 *
 * @throws RedomaError `LIMIT_EXCEEDED`, `FILE_FAILED`, `DATA_DAMAGED`
 */
export async function compareWithLedger(
  { bundle, bundleFile, opened }: Glass,
  ledger: Blob,
  bundleName: string,
): Promise<LedgerSaid> {
  const signers = utf8Text(await collectBytes(bundle.read('system/allowed_signers'), 64 * 1024))
  const trust = { instance: opened.instance.id, publicKey: publicKeyOf(signers) }
  const { entries, findings } = verifyLedger(await bytesOf(ledger, ledgerLimitBytes), trust)
  const bundles = [...currentObjects(entries).values()].filter(({ kind }) => kind === 'bundle')
  return {
    signer: sshFingerprint(trust.publicKey),
    findings: findings.map(({ message }) => message),
    bundle: placeOf(bundles, await sha256Of(bundleFile), bundleName),
    newest: bundles
      .map(({ detail }) => Number(detail['sequence'] ?? 0))
      .reduce<number | undefined>((newest, number) => Math.max(newest ?? 0, number), undefined),
  }
}

function placeOf(bundles: readonly LedgerEntry[], sha256: string, name: string): LedgerSaid['bundle'] {
  if (bundles.some((entry) => entry.sha256 === sha256)) return 'listed'
  return bundles.some(({ object }) => object.endsWith(`/${name}`)) ? 'altered' : 'not-listed'
}

/** `<id> namespaces="redoma-ledger" ssh-ed25519 AAAA…`, as bundles have it. */
function publicKeyOf(allowedSigners: string): string {
  const [, , type, key] = allowedSigners.trim().split(/\s+/)
  if (type === 'ssh-ed25519' && key !== undefined) return `${type} ${key}`
  throw new RedomaError('DATA_DAMAGED', 'the bundle does not say who signs ledgers')
}

async function sha256Of(blob: Blob): Promise<string> {
  const hash = createHash('sha256')
  for (let at = 0; at < blob.size; at += stepBytes) hash.update(await bytesOf(blob.slice(at, at + stepBytes)))
  return hash.digest('hex')
}
