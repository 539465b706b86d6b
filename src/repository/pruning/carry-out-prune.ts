import { messageOf } from '../../core/errors.ts'
import type { ObjectId } from '../ids.ts'
import { objectNameOf } from '../objects.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import type { PreparedPrune } from './prepare-prune.ts'
import { repack } from './repack.ts'
import { indexesToRewrite, rewriteIndexes } from './rewrite-indexes.ts'
import { verifyWritten } from './verify-written.ts'

/**
 * Does what was planned, in an order in which a run may die at any point: what is needed is there twice before anything goes,
 * and no index ever names a pack that is gone. What such a run leaves, the next one clears up. Under an exclusive lock, with
 * the signal of that lock.
 *
 * Packs that cannot be removed are told of: no index names them any more, and the next run tries again.
 *
 * @throws RedomaError `REPOSITORY_DAMAGED` when a blob that must be moved has no good copy, `VERIFICATION_FAILED` when what was
 * written did not arrive: nothing was removed then; and those of the destination
 */
export async function carryOutPrune(
  repository: Repository,
  { plan, inventory, used, sound }: PreparedPrune,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<void> {
  const { destination } = repository
  await repack(repository, inventory, used, sound, plan.fates, onEvent, signal)

  const indexes = indexesToRewrite(inventory, plan.fates)
  await rewriteIndexes(repository, inventory, plan.fates, indexes, signal)
  await destination.flush(signal)
  await verifyWritten(repository, inventory, signal)
  for (const id of indexes) await remove(repository, 'index', id, signal)
  await destination.flush(signal)

  const going = inventory.packs.filter((_, pack) => plan.fates[pack] !== 'keep')
  for (const id of [...going, ...plan.unindexed.map((pack) => pack.id)]) {
    try {
      await remove(repository, 'data', id, signal)
    } catch (error) {
      signal.throwIfAborted()
      const message = `cannot be removed: ${messageOf(error)}`
      onEvent({ kind: 'problem', problem: { path: `data/${id}`, message } })
    }
  }
  await destination.flush(signal)
}

/** With a look at the lock: once it is lost, what looked needless may be needed. */
function remove(
  repository: Repository,
  kind: 'index' | 'data',
  id: ObjectId,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  return repository.destination.remove(objectNameOf(repository, kind, id), signal)
}
