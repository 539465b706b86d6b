import { entriesOf } from '../../bundle/ledger/current-objects.ts'
import type { LedgerEntry } from '../../bundle/ledger/line.ts'
import type { Generation, LedgerStore } from '../../ports/catalogue.ts'
import type { ObjectName } from '../../ports/destination.ts'

/** An object whose header is for another recovery key than the present one. */
export interface Rewrappable {
  readonly object: ObjectName
  readonly kind: 'bundle' | 'recording'
  readonly detail: LedgerEntry['detail']
  /** As it lies there: the newest first, where a run was stopped between the ledger and the object. */
  readonly states: readonly { readonly bytes: number; readonly sha256: string }[]
  /** Whether its ledger says already that it was done. */
  readonly isAnnounced: boolean
}

/**
 * What is to be given a new header at a destination, by its ledger. What was announced in an earlier run is among it: whether it was done too,
 * the object's own header tells.
 */
export async function planRewrap(
  ledgers: Pick<LedgerStore, 'lines'>,
  destinationId: string,
  { fingerprint }: Generation,
): Promise<Rewrappable[]> {
  const lines = new Map<ObjectName, LedgerEntry[]>()
  for (const entry of entriesOf(await ledgers.lines(destinationId))) {
    if (entry.kind !== 'bundle' && entry.kind !== 'recording') continue
    if (entry.event === 'removed') lines.delete(entry.object)
    else if (entry.event === 'put') lines.set(entry.object, [entry, ...(lines.get(entry.object) ?? [])])
  }
  return [...lines.values()].flatMap((entries): Rewrappable[] => {
    const [newest] = entries
    if (newest === undefined || (newest.kind !== 'bundle' && newest.kind !== 'recording')) return []
    const isCurrent = newest.detail['fingerprint'] === fingerprint
    const isAnnounced = isCurrent && newest.detail['rewrapped'] !== undefined
    if (isCurrent && !isAnnounced) return []
    const { object, kind, detail } = newest
    return [{ object, kind, detail, states: entries, isAnnounced }]
  })
}
