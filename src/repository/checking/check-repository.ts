import { RedomaError } from '../../core/errors.ts'
import { type ObjectId, objectIdFromBytes } from '../ids.ts'
import { decodeKeyFile } from '../keys/key-file.ts'
import { listObjects, readObject, readUnpacked } from '../objects.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import { decodeSnapshot } from '../snapshots/decode-snapshot.ts'
import type { StoredSnapshot } from '../snapshots/snapshot.ts'
import { checkIndexes } from './check-indexes.ts'
import type { CheckReport } from './check-report.ts'
import { checkTrees } from './check-trees.ts'
import { makeProblemList, type ProblemList } from './problem-list.ts'

/**
 * Looks for everything that could keep a snapshot from being restored. Without `readData`: keys, indexes, that every pack is
 * there and as long as it should be, snapshots, trees with the order of their names, and that every chunk is in a pack. With
 * it also every byte of every pack: its hash, its header, and each blob decrypted, decompressed and hashed.
 *
 * Damage is reported, and the check goes on.
 *
 * @throws RedomaError those of the destination, and `CANCELLED`
 */
export async function checkRepository(
  repository: Repository,
  options: { readonly readData: boolean },
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<CheckReport> {
  const problems = makeProblemList(onEvent)
  await checkKeys(repository, problems, signal)
  // Before the indexes: what a snapshot names is indexed before the snapshot is written.
  const snapshots = await readSnapshots(repository, problems, signal)
  const index = await checkIndexes(repository, options.readData, problems, onEvent, signal)
  const trees = await checkTrees(repository, index, snapshots, problems, signal)
  return {
    problems: problems.problems,
    snapshots: snapshots.length,
    packs: index.packs.length,
    blobs: index.blobs.size,
    trees,
    unindexedPacks: index.unindexedPacks,
    bytesRead: index.bytesRead,
  }
}

async function checkKeys(repository: Repository, problems: ProblemList, signal: AbortSignal): Promise<void> {
  for await (const { id } of listObjects(repository, 'keys', signal)) {
    await problems.attempt(`keys/${id}`, async () => {
      const bytes = await readObject(repository, 'keys', id, undefined, signal)
      requireName(repository, id, bytes)
      decodeKeyFile(bytes)
    })
  }
}

function requireName({ primitives }: Repository, id: ObjectId, bytes: Uint8Array): void {
  const hash = new Uint8Array(32)
  primitives.sha256(bytes, hash)
  if (objectIdFromBytes(hash) !== id) {
    throw new RedomaError('REPOSITORY_DAMAGED', 'its content does not match its name')
  }
}

async function readSnapshots(
  repository: Repository,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<StoredSnapshot[]> {
  const snapshots: StoredSnapshot[] = []
  for await (const { id } of listObjects(repository, 'snapshots', signal)) {
    const snapshot = await problems.attempt(`snapshots/${id}`, async () =>
      decodeSnapshot(await readUnpacked(repository, 'snapshots', id, signal)),
    )
    if (snapshot !== undefined) snapshots.push({ ...snapshot, id })
  }
  return snapshots
}
