import { RedomaError } from '../../core/errors.ts'
import { listObjects, readUnpacked } from '../objects.ts'
import type { Repository } from '../repository.ts'
import { decodeSnapshot } from './decode-snapshot.ts'
import type { StoredSnapshot } from './snapshot.ts'

/**
 * Oldest first. Where an index is needed too, it must be loaded after this: what a snapshot names is indexed before it.
 *
 * @throws RedomaError `REPOSITORY_DAMAGED`, and those of the destination
 */
export async function listSnapshots(repository: Repository, signal: AbortSignal): Promise<StoredSnapshot[]> {
  const snapshots: StoredSnapshot[] = []
  for await (const { id } of listObjects(repository, 'snapshots', signal)) {
    const json = await readUnpacked(repository, 'snapshots', id, signal)
    try {
      snapshots.push({ ...decodeSnapshot(json), id })
    } catch (cause) {
      throw new RedomaError('REPOSITORY_DAMAGED', `snapshots/${id} is damaged`, { cause })
    }
  }
  return snapshots.sort((a, b) => (a.timeNs < b.timeNs ? -1 : 1))
}
