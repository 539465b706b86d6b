import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { judgeBundle, type LedgerOnBundle } from '../bundle/ledger/judge-bundle.ts'
import { signerIn } from '../bundle/ledger/signers.ts'
import type { OpenBundle } from '../bundle/open-bundle.ts'
import { collectBytes } from '../core/bytes.ts'
import { isRedomaError, type RedomaError } from '../core/errors.ts'
import { sshFingerprint } from '../crypto/ssh-signature.ts'
import { ledgerBeside } from './ledger-beside.ts'

/**
 * What the ledger says of a bundle that lies in the copy's `secrets`, as it was found. `undefined` where there is no ledger, or the bundle does not say
 * who signs it.
 */
export async function ledgerOnBundle(path: string, bundle: OpenBundle): Promise<LedgerOnBundle | undefined> {
  const publicKey = await publicKeyIn(bundle)
  if (publicKey === undefined) return undefined
  const ledger = await ledgerOrProblem(path)
  if (ledger === undefined) return undefined
  if (isRedomaError(ledger)) {
    return { findings: [ledger.message], bundle: 'not-read', signer: sshFingerprint(publicKey) }
  }
  const trust = { instance: bundle.manifest.instance.id, publicKey }
  return judgeBundle(ledger, trust, { name: basename(path), sha256: await sha256Of(path) })
}

/** What is wrong with the ledger keeps nobody from the bundle. */
async function ledgerOrProblem(bundlePath: string): Promise<Uint8Array | RedomaError | undefined> {
  try {
    return await ledgerBeside(bundlePath)
  } catch (error) {
    if (isRedomaError(error)) return error
    throw error
  }
}

async function publicKeyIn(bundle: OpenBundle): Promise<string | undefined> {
  if (!bundle.manifest.entries.some((entry) => entry.path === 'system/allowed_signers')) return undefined
  const text = new TextDecoder().decode(await collectBytes(bundle.read('system/allowed_signers'), 64 * 1024))
  return signerIn(text)?.publicKey
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer)
  return hash.digest('hex')
}
