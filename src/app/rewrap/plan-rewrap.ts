import { entriesOf } from '../../bundle/ledger/current-objects.ts'
import type { LedgerEntry } from '../../bundle/ledger/line.ts'
import { isRedomaError } from '../../core/errors.ts'
import type { Catalogue, Generation, LedgerLine } from '../../ports/catalogue.ts'
import type { Destination, ObjectName } from '../../ports/destination.ts'
import { PassingDigest } from '../../recordings/sealed/digests.ts'
import type { Target } from '../target.ts'

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
 * What is to be given a new header at a destination, by its ledger. What an earlier run has announced is done when it lies there as it was announced: of a recording
 * the catalogue remembers that, of a bundle its bytes tell.
 *
 * @throws RedomaError those of reading at the destination
 */
export async function planRewrap(
  catalogue: Pick<Catalogue, 'ledgers' | 'recordings' | 'scopes' | 'generations'>,
  { record, destination }: Pick<Target, 'record' | 'destination'>,
  generation: Generation,
  signal: AbortSignal,
): Promise<Rewrappable[]> {
  const { ledgers, recordings } = catalogue
  const { fingerprint, number } = generation
  const belongs = await belongingTo(catalogue, generation)
  const plan: Rewrappable[] = []
  const copies = await recordings.list(record.id)
  const folders = new Set(
    copies.filter(({ generation }) => generation === number).map(({ folder }) => folder),
  )
  for (const entries of putObjects(await ledgers.lines(record.id))) {
    const [newest] = entries
    if (newest === undefined || (newest.kind !== 'bundle' && newest.kind !== 'recording')) continue
    if (!belongs(newest)) continue
    const isCurrent = newest.detail['fingerprint'] === fingerprint
    const isAnnounced = isCurrent && newest.detail['rewrapped'] !== undefined
    if (isCurrent && !isAnnounced) continue
    const { object, kind, detail } = newest
    if (isAnnounced && kind === 'recording' && folders.has(folderOf(object))) continue
    if (isAnnounced && kind === 'bundle' && (await isThere(destination, newest, signal))) continue
    plan.push({ object, kind, detail, states: entries, isAnnounced })
  }
  return plan
}

/** A part of the vault that has keys of its own is rewrapped to these alone: nobody else's key is to open it. */
async function belongingTo(
  { scopes, generations }: Pick<Catalogue, 'scopes' | 'generations'>,
  { scope }: Generation,
): Promise<(entry: LedgerEntry) => boolean> {
  const withKeys = new Set((await generations.list()).map((one) => one.scope))
  for (const { name, hasOwnKey } of await scopes.list()) if (!hasOwnKey) withKeys.delete(name)
  return ({ kind, detail }) => {
    const of = kind === 'bundle' && typeof detail['scope'] === 'string' ? detail['scope'] : undefined
    return scope === undefined ? of === undefined || !withKeys.has(of) : of === scope
  }
}

/** For each object that was not removed since: the entries by which it was put, the newest first. */
function putObjects(lines: readonly LedgerLine[]): Iterable<readonly LedgerEntry[]> {
  const objects = new Map<ObjectName, LedgerEntry[]>()
  for (const entry of entriesOf(lines)) {
    if (entry.kind !== 'bundle' && entry.kind !== 'recording') continue
    if (entry.event === 'removed') objects.delete(entry.object)
    else if (entry.event === 'put') objects.set(entry.object, [entry, ...(objects.get(entry.object) ?? [])])
  }
  return objects.values()
}

function folderOf(object: ObjectName): string {
  return object.replace(/\/[^/]*$/, '')
}

/** One that is not there is for the run to tell of. */
async function isThere(
  destination: Destination,
  { object, sha256 }: LedgerEntry,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return (await digestOf(destination.get(object, undefined, signal))).sha256 === sha256
  } catch (error) {
    if (isRedomaError(error, 'OBJECT_NOT_FOUND') || isRedomaError(error, 'OBJECT_UNREADABLE')) return false
    throw error
  }
}

export async function digestOf(file: AsyncIterable<Uint8Array>): Promise<{ bytes: number; sha256: string }> {
  const digest = new PassingDigest()
  for await (const chunk of file) digest.update(chunk)
  return digest.digest()
}
