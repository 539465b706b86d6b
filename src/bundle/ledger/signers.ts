import { ledgerNamespace } from './line.ts'

/** Whose signature a ledger must bear. */
export interface LedgerSigner {
  /** The instance's id. */
  readonly instance: string
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string
}

/** The signer of ledgers in a file as `ssh-keygen -Y verify -f` takes it, `system/allowed_signers` of a bundle; `undefined` where it names none. */
export function signerIn(allowedSigners: string): LedgerSigner | undefined {
  for (const line of allowedSigners.split('\n')) {
    const words = /^(\S+)\s+(?:namespaces="([^"]*)"\s+)?(ssh-ed25519)\s+([A-Za-z0-9+/=]+)/.exec(line.trim())
    const [, instance, namespaces = ledgerNamespace, type, key] = words ?? []
    if (instance === undefined || type === undefined || key === undefined) continue
    if (namespaces.split(',').includes(ledgerNamespace)) return { instance, publicKey: `${type} ${key}` }
  }
  return undefined
}
