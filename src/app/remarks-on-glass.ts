import { currentObjects } from '../bundle/ledger/current-objects.ts'
import { missingSequences } from '../bundle/ledger/judge-bundles.ts'
import type { LedgerEntry } from '../bundle/ledger/line.ts'
import { wholeVault } from '../ports/bundle-store.ts'
import type { ObjectName } from '../ports/destination.ts'
import type { OpenedBundles } from './open-listed-bundles.ts'
import { isOfScope } from './scopes/scope-folder.ts'

/** A bundle that lies there, and that its instance published as one to be looked at. */
export interface DoubtfulBundle {
  readonly object: ObjectName
  readonly scope: string
  readonly sequence: number
  /** A sentence each; absent where the bundle was not opened: they are in it. */
  readonly doubts?: readonly string[] | undefined
}

export function ofScope(entries: readonly LedgerEntry[], scope: string | undefined): readonly LedgerEntry[] {
  return scope === undefined ? entries : entries.filter(({ object }) => isOfScope(object, scope))
}

export function doubtfulAmong(
  entries: readonly LedgerEntry[],
  bundles: OpenedBundles | undefined,
): DoubtfulBundle[] {
  const manifests = new Map(bundles?.opened.map(({ entry, manifest }) => [entry.object, manifest]))
  return [...currentObjects(entries).values()].flatMap(({ kind, object, detail }) => {
    const { doubts = 0, scope = wholeVault, sequence = 0 } = detail
    if (kind !== 'bundle' || doubts === 0) return []
    const said = manifests.get(object)?.doubts
    return [{ object, scope: String(scope), sequence: Number(sequence), doubts: said }]
  })
}

/** What people should look into, though it proves nothing. */
export function remarksOn(entries: readonly LedgerEntry[], scope: string | undefined): string[] {
  return [...gapRemarks(entries), ...emptyRemark(entries, scope)]
}

/** Nothing to find fault with is not the same as nothing at all. */
function emptyRemark(entries: readonly LedgerEntry[], scope: string | undefined): string[] {
  if (scope === undefined || [...currentObjects(entries).values()].some(({ kind }) => kind === 'bundle'))
    return []
  return [
    scope === wholeVault ? 'no bundle of the whole vault is here' : `no bundle of the scope ${scope} is here`,
  ]
}

function gapRemarks(entries: readonly LedgerEntry[]): string[] {
  return missingSequences(entries).map(
    (numbers) => `bundle ${numbers} was never put here; the run of that time tells why: redoma backup list`,
  )
}
