import type { ObjectName } from '../../ports/destination.ts'

/** What the ledger is to say of one object; sequence, time, chain and signature are added when it is written. */
export interface LedgerDraft {
  readonly event: 'put' | 'removed' | 'noticed'
  readonly kind: 'bundle' | 'recording' | 'identity' | 'document' | 'ledger'
  readonly object: ObjectName
  /** Of the object as it lies at the destination. */
  readonly bytes: number
  /** Of the object as it lies at the destination, lower-case hex. */
  readonly sha256: string
  /** More facts, by kind (docs/formats/ledger.md); no secret. */
  readonly detail: Readonly<Record<string, string | number>>
}
