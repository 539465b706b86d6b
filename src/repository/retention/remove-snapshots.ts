import type { ObjectId } from '../ids.ts'
import { objectNameOf } from '../objects.ts'
import type { Repository } from '../repository.ts'

/**
 * Removes snapshots; durable afterwards. What only they needed stays until the repository is pruned. Under an exclusive lock,
 * with the signal of that lock.
 */
export async function removeSnapshots(
  repository: Repository,
  snapshots: readonly ObjectId[],
  signal: AbortSignal,
): Promise<void> {
  for (const id of snapshots) {
    signal.throwIfAborted()
    await repository.destination.remove(objectNameOf(repository, 'snapshots', id), signal)
  }
  await repository.destination.flush(signal)
}
