import { createHash } from 'node:crypto'
import { judgeBundle, type LedgerOnBundle } from '../../bundle/ledger/judge-bundle.ts'
import { signerIn } from '../../bundle/ledger/signers.ts'
import { collectBytes, utf8Text } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
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
): Promise<LedgerOnBundle> {
  const signers = utf8Text(await collectBytes(bundle.read('system/allowed_signers'), 64 * 1024))
  const publicKey = signerIn(signers)?.publicKey
  if (publicKey === undefined) {
    throw new RedomaError('DATA_DAMAGED', 'the bundle does not say who signs ledgers')
  }
  return judgeBundle(
    await bytesOf(ledger, ledgerLimitBytes),
    { instance: opened.instance.id, publicKey },
    { name: bundleName, sha256: await sha256Of(bundleFile) },
  )
}

async function sha256Of(blob: Blob): Promise<string> {
  const hash = createHash('sha256')
  for (let at = 0; at < blob.size; at += stepBytes) hash.update(await bytesOf(blob.slice(at, at + stepBytes)))
  return hash.digest('hex')
}
