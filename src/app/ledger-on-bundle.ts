import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { judgeBundle, type LedgerOnBundle } from '../bundle/ledger/judge-bundle.ts'
import type { OpenBundle } from '../bundle/open-bundle.ts'
import { collectBytes } from '../core/bytes.ts'
import { systemCode } from '../core/errors.ts'

/** Half a million entries. */
const ledgerLimitBytes = 256 * 1024 * 1024

/**
 * What the ledger says of a bundle that lies in the copy's `secrets`, as it was found. `undefined` where there is no ledger, or the bundle does not say
 * who signs it.
 *
 * @throws RedomaError `LIMIT_EXCEEDED`
 */
export async function ledgerOnBundle(path: string, bundle: OpenBundle): Promise<LedgerOnBundle | undefined> {
  const ledger = await readLedger(join(dirname(path), '..', 'ledger.jsonl'))
  const publicKey = await publicKeyIn(bundle)
  if (ledger === undefined || publicKey === undefined) return undefined
  const trust = { instance: bundle.manifest.instance.id, publicKey }
  return judgeBundle(ledger, trust, { name: basename(path), sha256: await sha256Of(path) })
}

async function readLedger(path: string): Promise<Uint8Array | undefined> {
  try {
    return await collectBytes(createReadStream(path) as AsyncIterable<Buffer>, ledgerLimitBytes)
  } catch (error) {
    if (systemCode(error) !== undefined) return undefined
    throw error
  }
}

/** `<id> namespaces="redoma-ledger" ssh-ed25519 AAAA…`, as bundles have it. */
async function publicKeyIn(bundle: OpenBundle): Promise<string | undefined> {
  if (!bundle.manifest.entries.some((entry) => entry.path === 'system/allowed_signers')) return undefined
  const text = new TextDecoder().decode(await collectBytes(bundle.read('system/allowed_signers'), 64 * 1024))
  const [, , type, key] = text.trim().split(/\s+/)
  return type === undefined || key === undefined ? undefined : `${type} ${key}`
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer)
  return hash.digest('hex')
}
