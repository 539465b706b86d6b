import { RedomaError } from '../../core/errors.ts'
import type { ObjectId } from '../ids.ts'
import { listObjects, type StoredObject } from '../objects.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import type { SnapshotList } from '../snapshots/list-snapshots.ts'
import { type Inventory, loadInventory } from './load-inventory.ts'
import { markUsed, type UsedBlobs } from './mark-used.ts'
import { packUsages } from './pack-usage.ts'
import { type PrunePlan, planPrune } from './plan-prune.ts'
import type { PruneOptions } from './prune-options.ts'

/** A plan, and what it was made of. Good while the lock is held under which it was made. */
export interface PreparedPrune {
  readonly plan: PrunePlan
  readonly inventory: Inventory
  readonly used: UsedBlobs
  /** Packs that are damaged, as far as it was seen: what another pack has, too, is not left to these. */
  readonly doubtful: ReadonlySet<ObjectId>
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
  const doubtful = new Set<ObjectId>()
  const onUnreadable = (pack: ObjectId): void => {
    doubtful.add(pack)
  }
  const used = await markUsed(repository, inventory, snapshots, onUnreadable, onEvent, signal)
  const usages = packUsages(inventory, used, sizesOf(packs), doubtful)
  const indexed = new Set(inventory.packs)
  const unindexed = packs.filter(({ id }) => !indexed.has(id))
  return { plan: planPrune(usages, unindexed, options), inventory, used, doubtful }
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
