import { isRedomaError, RedomaError } from '../../core/errors.ts'
import { fourAtATime } from '../../core/four-at-a-time.ts'
import type { ObjectId } from '../ids.ts'
import { listObjects, readUnpacked } from '../objects.ts'
import type { Repository } from '../repository.ts'
import { decodeSnapshot } from './decode-snapshot.ts'
import type { StoredSnapshot } from './snapshot.ts'

/** All that lies in `snapshots/`. */
export interface SnapshotList {
  /** Oldest first. */
  readonly snapshots: readonly StoredSnapshot[]
  /** Nobody knows when they were made, or of what. */
  readonly damaged: readonly DamagedSnapshot[]
}

/** A file of a snapshot that cannot be read, or says nothing. */
export interface DamagedSnapshot {
  readonly id: ObjectId
  /** `REPOSITORY_DAMAGED`; its message names the file. */
  readonly error: RedomaError
}

/**
 * Every snapshot, and beside them those that are damaged: one rotten file must not keep anybody from the others. Who may lose
 * something by not knowing of one (what it names may be needed) must look at `damaged`.
 *
 * Where an index is needed too, it must be loaded after this: what a snapshot names is indexed before it.
 *
 * @throws RedomaError those of the destination
 */
export async function listSnapshots(repository: Repository, signal: AbortSignal): Promise<SnapshotList> {
  const objects = await Array.fromAsync(listObjects(repository, 'snapshots', signal))
  const read = new Map<ObjectId, StoredSnapshot | DamagedSnapshot>()
  await fourAtATime(objects, async ({ id }) => {
    signal.throwIfAborted()
    read.set(id, await readSnapshot(repository, id, signal))
  })
  const snapshots: StoredSnapshot[] = []
  const damaged: DamagedSnapshot[] = []
  // In the order of the list, whichever was read first.
  for (const found of objects.flatMap(({ id }) => read.get(id) ?? [])) {
    if ('error' in found) damaged.push(found)
    else snapshots.push(found)
  }
  return { snapshots: snapshots.sort((a, b) => (a.timeNs < b.timeNs ? -1 : 1)), damaged }
}

/** @throws RedomaError those of the destination */
export async function readSnapshot(
  repository: Repository,
  id: ObjectId,
  signal: AbortSignal,
): Promise<StoredSnapshot | DamagedSnapshot> {
  try {
    const json = await readUnpacked(repository, 'snapshots', id, signal)
    return { ...decoded(id, json), id }
  } catch (error) {
    if (!isRedomaError(error, 'REPOSITORY_DAMAGED')) throw error
    return { id, error }
  }
}

function decoded(id: ObjectId, json: Uint8Array): ReturnType<typeof decodeSnapshot> {
  try {
    return decodeSnapshot(json)
  } catch (cause) {
    throw new RedomaError('REPOSITORY_DAMAGED', `snapshots/${id} is damaged`, { cause })
  }
}
