import type { LedgerLine } from '../../ports/catalogue.ts'
import type { ObjectName } from '../../ports/destination.ts'
import { isSignature, type LedgerEntry, parseLine } from './line.ts'

/** What must lie at a destination by the newest entry of each object: those removed since are not among them. */
export function currentObjects(entries: readonly LedgerEntry[]): ReadonlyMap<ObjectName, LedgerEntry> {
  const objects = new Map<ObjectName, LedgerEntry>()
  for (const entry of entries) {
    // Of the ledger itself only notices speak: it changes with every line.
    if (entry.event === 'removed' || entry.bytes === 0) objects.delete(entry.object)
    else if (entry.object !== 'ledger.jsonl') objects.set(entry.object, entry)
  }
  return objects
}

/** @throws RedomaError `DATA_DAMAGED` */
export function entriesOf(lines: readonly LedgerLine[]): LedgerEntry[] {
  return lines.map(({ line }) => parseLine(line)).filter((record) => !isSignature(record))
}
