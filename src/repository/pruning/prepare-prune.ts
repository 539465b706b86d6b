import type { ObjectId } from '../ids.ts'
import { listObjects, type StoredObject } from '../objects.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import type { StoredSnapshot } from '../snapshots/snapshot.ts'
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
}

/**
 * Looks what the snapshots need, and decides what becomes of each pack. Changes nothing. Under a lock: an exclusive one, when
 * the plan is to be carried out.
 *
 * @param snapshots all that are to stay
 * @throws RedomaError `REPOSITORY_DAMAGED` when anything that they need is missing, and those of the destination
 */
export async function preparePrune(
  repository: Repository,
  snapshots: readonly StoredSnapshot[],
  options: PruneOptions,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<PreparedPrune> {
  const packs = await Array.fromAsync(listObjects(repository, 'data', signal))
  const inventory = await loadInventory(repository, signal)
  const used = await markUsed(repository, inventory, snapshots, onEvent, signal)
  const usages = packUsages(inventory, used, sizesOf(packs))
  const indexed = new Set(inventory.packs)
  const unindexed = packs.filter(({ id }) => !indexed.has(id))
  return { plan: planPrune(usages, unindexed, options), inventory, used }
}

function sizesOf(packs: readonly StoredObject[]): ReadonlyMap<ObjectId, number> {
  return new Map(packs.map(({ id, size }) => [id, size]))
}
