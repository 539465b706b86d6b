import { RedomaError } from '../../core/errors.ts'
import type { BlobPlace } from '../blob-index/blob-index.ts'
import { idToBytes, type ObjectId } from '../ids.ts'
import { listObjects, type StoredObject } from '../objects.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import type { SnapshotList } from '../snapshots/list-snapshots.ts'
import type { OnTrees } from '../trees/read-tree.ts'
import { type Inventory, loadInventory } from './load-inventory.ts'
import { markUsed, type UsedBlobs } from './mark-used.ts'
import { packUsages } from './pack-usage.ts'
import { type PrunePlan, planPrune } from './plan-prune.ts'
import type { PruneOptions } from './prune-options.ts'
import type { SoundCopies } from './sound-copies.ts'

/** A plan, and what it was made of. Good while the lock is held under which it was made. */
export interface PreparedPrune {
  readonly plan: PrunePlan
  readonly inventory: Inventory
  readonly used: UsedBlobs
  readonly sound: SoundCopies
}

/**
 * Looks what the snapshots need, and decides what becomes of each pack. Changes nothing. Under a lock: an exclusive one, when
 * the plan is to be carried out.
 *
 * @param snapshots all that are to stay
 * @throws RedomaError `REPOSITORY_DAMAGED` when anything that they need is missing or one of them cannot be read, and those of the destination
 */
export async function preparePrune(
  repository: Repository,
  { snapshots, damaged }: SnapshotList,
  options: PruneOptions,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<PreparedPrune> {
  requireWhole(damaged)
  const packs = await Array.fromAsync(listObjects(repository, 'data', signal))
  const inventory = await loadInventory(repository, signal)
  const doubtful = new Set<number>()
  const readElsewhere = new Map<number, BlobPlace>()
  const used = await markUsed(
    repository,
    inventory,
    snapshots,
    noteInto(inventory, doubtful, readElsewhere),
    onEvent,
    signal,
  )
  const sound = { doubtful, readElsewhere }
  const usages = packUsages(inventory, used, sizesOf(packs), sound)
  const indexed = new Set(inventory.packs)
  const unindexed = packs.filter(({ id }) => !indexed.has(id))
  return { plan: planPrune(usages, unindexed, options), inventory, used, sound }
}

function noteInto(
  { blobs, packs }: Inventory,
  doubtful: Set<number>,
  readElsewhere: Map<number, BlobPlace>,
): OnTrees {
  return {
    unreadable: (pack) => doubtful.add(packs.indexOf(pack)),
    elsewhere({ pack, blob: { id, offset, length, uncompressedLength } }) {
      const number = blobs.numberOf('tree', idToBytes(id))
      const place = { pack: packs.indexOf(pack), offset, length, uncompressedLength }
      if (number !== undefined) readElsewhere.set(number, place)
    },
  }
}

/** What a damaged one names is needed, should a whole copy of its file be found. */
function requireWhole([first]: SnapshotList['damaged']): void {
  if (first === undefined) return
  throw new RedomaError(
    'REPOSITORY_DAMAGED',
    `snapshots/${first.id} is damaged, and nobody knows what it needs: nothing is pruned`,
    {
      hint: 'Put a whole copy of that file there if you have one; otherwise: redoma backup repair snapshots --forget',
      cause: first.error,
    },
  )
}

function sizesOf(packs: readonly StoredObject[]): ReadonlyMap<ObjectId, number> {
  return new Map(packs.map(({ id, size }) => [id, size]))
}
