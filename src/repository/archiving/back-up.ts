import { lstatSync } from 'node:fs'
import { resolve } from 'node:path'
import { RedomaError } from '../../core/errors.ts'
import { loadStoredIndex } from '../blob-index/load-index.ts'
import { lostPacksProblem } from '../blob-index/lost-packs-problem.ts'
import { nsOfDate } from '../encoding/rfc3339.ts'
import { systemAccountNames } from '../files/account-names.ts'
import { rawPathOf } from '../files/raw-path.ts'
import { makeReadNode } from '../files/read-node.ts'
import type { BlobId } from '../ids.ts'
import { whileLocked } from '../locks/while-locked.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import { listSnapshots } from '../snapshots/list-snapshots.ts'
import { planParent } from '../snapshots/plan-parent.ts'
import type { StoredSnapshot } from '../snapshots/snapshot.ts'
import { makeReadTree } from '../trees/read-tree.ts'
import { startArchiving } from './archive-files.ts'
import { makeExclusion } from './exclusion.ts'
import { makePublisher, type Publisher, type PublisherFigures } from './publisher.ts'
import type { BackupRequest, BackupResult } from './request.ts'
import { planRequestedPaths } from './requested-paths.ts'
import { makeTally, type Tally, tellOfDamaged } from './tally.ts'
import { makeTreeStore } from './tree-store.ts'
import { walk } from './walk.ts'
import { writeSnapshot } from './write-snapshot.ts'

/**
 * Makes a snapshot. In this order, so that at every instant all that is named exists, durably: packs, the indexes of them, the
 * snapshot. A run that ends early leaves packs that nobody names, or that the next run builds on.
 *
 * @throws RedomaError `REPOSITORY_LOCKED`, `SOURCE_UNREADABLE` when none of the paths is there, `VERIFICATION_FAILED`,
 * `REPOSITORY_DAMAGED`, and those of the destination; the signal's reason when it is aborted
 */
export async function backUp(
  repository: Repository,
  request: BackupRequest,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<BackupResult> {
  requirePaths(request.paths)
  return whileLocked(repository, 'shared', (stop) => backUpLocked(repository, request, onEvent, stop), signal)
}

/**
 * The same under a lock that the caller holds, for several snapshots: to take one for each asks three questions more of the destination.
 *
 * @param signal as the lock hands it out
 * @throws RedomaError as `backUp`
 */
export async function backUpLocked(
  repository: Repository,
  request: BackupRequest,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<BackupResult> {
  requirePaths(request.paths)
  const startedAt = repository.clock.now()
  // Before the index: what a snapshot names was indexed before it.
  const { snapshots, damaged } = await listSnapshots(repository, signal)
  const parent = planParent(snapshots, {
    hostname: request.hostname,
    paths: resolvedPaths(request),
    timeNs: nsOfDate(request.time),
    trusted: request.trusted,
  })
  const tally = makeTally(onEvent, parent?.summary?.totalBytesProcessed)
  tellOfDamaged(tally, damaged)
  const { tree, figures } = await archive(repository, request, parent, tally, signal)
  const paths = resolvedPaths(request)
  return await writeSnapshot(
    repository,
    { ...request, paths },
    { startedAt, parent, tree, figures, tally },
    signal,
  )
}

async function archive(
  repository: Repository,
  request: BackupRequest,
  parent: StoredSnapshot | undefined,
  tally: Tally,
  signal: AbortSignal,
): Promise<{ readonly tree: BlobId; readonly figures: PublisherFigures }> {
  const publisher = makePublisher(repository, signal)
  try {
    return {
      tree: await archiveBy(publisher, repository, request, parent, tally, signal),
      figures: publisher.figures,
    }
  } catch (error) {
    // The threads have ended, so that no pack comes after it. What led here matters more than whether this works.
    await publisher.salvage().catch(() => undefined)
    throw error
  }
}

async function archiveBy(
  publisher: Publisher,
  repository: Repository,
  request: BackupRequest,
  parent: StoredSnapshot | undefined,
  tally: Tally,
  signal: AbortSignal,
): Promise<BlobId> {
  const index = await loadStoredIndex(repository, signal)
  const lost = lostPacksProblem(index.lost)
  if (lost !== undefined) tally.problem(rawPathOf('packs'), lost)
  const withAccessTimes = request.withAccessTimes ?? false
  await using files = startArchiving(repository, {
    workers: request.workers,
    blobIndex: index.blobs,
    withAccessTimes,
    signal,
    publish: async (pack) => {
      await publisher.publish(pack)
      tally.reachedPacks(publisher.figures.dataAdded)
    },
  })
  const readTree = makeReadTree(repository, index)
  const onLost = (): void => {
    tally.lostListing()
  }
  const trees = makeTreeStore({ repository, index, readTree, publisher, onLost, signal })
  const accounts = systemAccountNames()
  const tree = await walk(planRequestedPaths(request.paths), parent?.tree, {
    exclusion: makeExclusion(request),
    readNode: makeReadNode({ fileCalls: repository.fileCalls, accounts, withAccessTimes }),
    fileCalls: repository.fileCalls,
    readTree,
    blobs: index.blobs,
    files,
    trees,
    tally,
    signal,
  })
  await trees.finish()
  tally.finish()
  await publisher.finish()
  return tree
}

function requirePaths(paths: readonly string[]): void {
  if (paths.some((path) => lstatSync(resolve(path), { throwIfNoEntry: false }) !== undefined)) return
  throw new RedomaError('SOURCE_UNREADABLE', `nothing to back up: there is no ${paths.join(', no ')}`)
}

/** As a snapshot names them, whatever folder the process is in. */
function resolvedPaths({ paths }: BackupRequest): string[] {
  return paths.map((path) => resolve(path))
}
