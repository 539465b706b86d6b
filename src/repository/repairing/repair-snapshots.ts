import { isRedomaError, RedomaError } from '../../core/errors.ts'
import { makePublisher } from '../archiving/publisher.ts'
import { makeTreeStore } from '../archiving/tree-store.ts'
import { loadIndex } from '../blob-index/load-index.ts'
import { type BlobId, blobIdFromBytes, type ObjectId } from '../ids.ts'
import { writeUnpacked } from '../objects.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import { removeSnapshots } from '../retention/remove-snapshots.ts'
import { encodeSnapshot } from '../snapshots/encode-snapshot.ts'
import { type DamagedSnapshot, listSnapshots, readSnapshot } from '../snapshots/list-snapshots.ts'
import type { StoredSnapshot } from '../snapshots/snapshot.ts'
import { makeReadTree } from '../trees/read-tree.ts'
import { type Loss, makeRewriteTree } from './rewrite-tree.ts'

export interface SnapshotRepairOptions {
  /** Remove damaged snapshots when their repaired ones are durable, and those of which nothing is left or nothing can be read. */
  readonly forget: boolean
  /** Is waited for before any of them is removed: whoever remembers snapshots should know that it is meant. */
  readonly beforeForget?: ((snapshots: readonly ObjectId[]) => Promise<void>) | undefined
  readonly dryRun: boolean
}

/** What became of a snapshot that lacks something. Those that are whole are left alone, and not told of. */
export type RepairedSnapshot =
  | {
      readonly kind: 'repaired'
      readonly snapshot: StoredSnapshot
      /** The new one; `undefined` in a dry run. */
      readonly id: ObjectId | undefined
      readonly losses: readonly Loss[]
    }
  /** Not even its first folder can be read: there is nothing to make a new one of. */
  | { readonly kind: 'lost'; readonly snapshot: StoredSnapshot }
  /** Its file is damaged: nobody knows which folder it was of. */
  | { readonly kind: 'unreadable'; readonly snapshot: DamagedSnapshot }
  /** A newer program wrote it: it is never removed. */
  | { readonly kind: 'unknown-form'; readonly snapshot: DamagedSnapshot }

/**
 * Makes of each snapshot that lacks something a new one without what is lost, and says what that is. The index must be
 * right: `repairIndex` comes first. The old ones stay unless they are to be forgotten, and then go last.
 *
 * Wants the exclusive lock.
 *
 * @throws RedomaError `REPOSITORY_DAMAGED` when an index cannot be read, `OBJECT_UNREADABLE` when a tree is in a pack
 * that `repairPacks` must take out first, and those of the destination
 */
export async function repairSnapshots(
  repository: Repository,
  options: SnapshotRepairOptions,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<readonly RepairedSnapshot[]> {
  const { dryRun, forget } = options
  const { snapshots, damaged } = await listSnapshots(repository, signal)
  const index = await loadIndex(repository, signal)
  const publisher = makePublisher(repository, signal)
  const readTree = makeReadTree(repository, index)
  const trees = makeTreeStore({ repository, index, readTree, publisher, signal })
  const store = async (tree: Uint8Array): Promise<BlobId> => {
    if (dryRun) return idOf(repository, tree)
    await trees.room()
    return trees.store(tree)
  }
  const rewriteTree = makeRewriteTree(readTree, index, store)

  const found: {
    readonly snapshot: StoredSnapshot
    readonly tree: BlobId | undefined
    losses: readonly Loss[]
  }[] = []
  for (const [at, snapshot] of snapshots.entries()) {
    const tree = await rewriteTree(snapshot.tree, signal)
    if (tree?.id !== snapshot.tree) found.push({ snapshot, tree: tree?.id, losses: tree?.losses ?? [] })
    const progress = { files: at + 1, totalFiles: snapshots.length, bytes: 0 }
    onEvent({ kind: 'progress', counted: 'snapshots', ...progress })
  }
  if (!dryRun) {
    await trees.finish()
    await publisher.finish()
  }
  const repaired: RepairedSnapshot[] = damaged.map(unreadable)
  for (const { snapshot, tree, losses } of found) {
    if (tree === undefined) repaired.push({ kind: 'lost', snapshot })
    else {
      const id = dryRun ? undefined : await writeRepaired(repository, snapshot, tree, forget, signal)
      repaired.push({ kind: 'repaired', snapshot, id, losses })
    }
  }
  if (!dryRun) await repository.destination.flush(signal)
  if (!dryRun && forget) {
    const old = await withoutRecovered(repository, repaired, signal)
    await options.beforeForget?.(old)
    await removeSnapshots(repository, old, signal)
  }
  return repaired
}

function unreadable(snapshot: DamagedSnapshot): RepairedSnapshot {
  const isNewer = isRedomaError(snapshot.error.cause, 'FORMAT_UNKNOWN')
  return { kind: isNewer ? 'unknown-form' : 'unreadable', snapshot }
}

/** Those to remove. What could not be read is read again first: it may have been the reading that went wrong. */
async function withoutRecovered(
  repository: Repository,
  repaired: readonly RepairedSnapshot[],
  signal: AbortSignal,
): Promise<ObjectId[]> {
  const going: ObjectId[] = []
  for (const { kind, snapshot } of repaired) {
    if (kind === 'unknown-form') continue
    if (kind === 'unreadable' && !('error' in (await readSnapshot(repository, snapshot.id, signal))))
      throw new RedomaError(
        'REPOSITORY_DAMAGED',
        `snapshots/${snapshot.id} could not be read once, and then it could`,
        {
          hint: 'Nothing was removed. Look at the disk or the network of the destination, and repair again.',
        },
      )
    going.push(snapshot.id)
  }
  return going
}

/** As restic does it: `original` says what it was made of, and where both are there, a tag which is which. */
function writeRepaired(
  repository: Repository,
  { id, ...snapshot }: StoredSnapshot,
  tree: BlobId,
  forget: boolean,
  signal: AbortSignal,
): Promise<ObjectId> {
  const tags = forget ? snapshot.tags : [...new Set([...(snapshot.tags ?? []), 'repaired'])]
  // Its figures are of what was backed up, which this is not any more.
  const json = encodeSnapshot({
    ...snapshot,
    tree,
    tags,
    original: snapshot.original ?? id,
    summary: undefined,
  })
  return writeUnpacked(repository, 'snapshots', json, signal)
}

function idOf({ primitives }: Repository, bytes: Uint8Array): BlobId {
  const hash = new Uint8Array(32)
  primitives.sha256(bytes, hash)
  return blobIdFromBytes(hash)
}
