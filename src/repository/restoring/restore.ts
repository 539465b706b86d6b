import { randomBytes } from 'node:crypto'
import { isRedomaError, RedomaError } from '../../core/errors.ts'
import { loadIndex } from '../blob-index/load-index.ts'
import { findNode } from '../browsing/find-node.ts'
import { type RawPath, shownPath } from '../files/raw-path.ts'
import { isId, parseObjectId } from '../ids.ts'
import { lockToRead } from '../locks/lock-to-read.ts'
import { readUnpacked } from '../objects.ts'
import type { FileProblem, OnRepositoryEvent, Repository } from '../repository.ts'
import { decodeSnapshot } from '../snapshots/decode-snapshot.ts'
import type { Snapshot } from '../snapshots/snapshot.ts'
import { threadCount } from '../threads/thread.ts'
import { makeReadTree } from '../trees/read-tree.ts'
import { holdFolders } from './held-folders.ts'
import { openTarget } from './open-target.ts'
import { removeExtra } from './remove-extra.ts'
import type { RestoreRequest, RestoreResult } from './request.ts'
import { startRestoreThreads } from './restore-threads.ts'
import { restoreSingle, restoreTree } from './restore-tree.ts'
import { makeRestoreWindow } from './restore-window.ts'
import { makeSelection } from './selection.ts'
import { newTally } from './tally.ts'

/**
 * Writes a snapshot, or a part of it, under a folder: every blob is verified by its hash before it is written. With a `path`,
 * what is in that folder comes directly into the target. What is there already and equal is not written again, so that a
 * restore that died is done by running it once more.
 *
 * @throws RedomaError `NOT_FOUND`, `PATH_UNSAFE`, `REPOSITORY_DAMAGED`, `REPOSITORY_LOCKED`, `TARGET_FULL`, `TARGET_READ_ONLY`, and those of the destination;
 * the signal's reason when it is aborted
 */
export async function restore(
  repository: Repository,
  snapshotId: string,
  request: RestoreRequest,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<RestoreResult> {
  await using lock = await lockToRead(repository, signal)
  return await restoreLocked(repository, snapshotId, request, onEvent, lock.signal)
}

async function restoreLocked(
  repository: Repository,
  snapshotId: string,
  request: RestoreRequest,
  onEvent: OnRepositoryEvent,
  held: AbortSignal,
): Promise<RestoreResult> {
  const mark = randomBytes(8).toString('hex')
  await using stack = new AsyncDisposableStack()
  const ending = new AbortController()
  const signal = AbortSignal.any([held, ending.signal])
  let settled = (): Promise<void> => Promise.resolve()
  // After the threads have ended: they would go on making files.
  const atLast = stack.use(new DisposableStack())
  // They start while the index is loaded.
  const started = stack.use(startRestoreThreads(repository, threadCount(request.workers), mark, signal))
  // What is written while the next is planned must not go on when that fails.
  stack.defer(async () => {
    ending.abort()
    await settled()
  })
  const snapshot = await readSnapshot(repository, snapshotId, signal)
  const index = await loadIndex(repository, signal)
  const readTree = makeReadTree(repository, index)
  const problems: FileProblem[] = []
  const onProblem = (path: RawPath, message: string): void => {
    const problem = { path: shownPath(path), message }
    problems.push(problem)
    onEvent({ kind: 'problem', problem })
  }
  const tally = newTally()
  const totals = totalsOf(snapshot, request)
  const onAdvance = (): void => {
    onEvent({ kind: 'progress', files: tally.files, bytes: tally.bytes, ...totals })
  }
  const selection = makeSelection(request.include, request.exclude)
  const { fileCalls } = repository
  const node = await findNode(readTree, snapshot.tree, Buffer.from(request.path ?? '/'), signal)
  const target = atLast.use(openTarget(request))
  const folders = atLast.use(holdFolders(target))
  const threads = started.into(target)
  const onRemoved = (path: RawPath, bytes: number): void => {
    tally.deleted++
    if (request.dryRun) onEvent({ kind: 'entry', path: shownPath(path), action: 'delete', bytes })
  }
  const { dryRun } = request
  const remove = (path: RawPath, relative: RawPath): void => {
    removeExtra(path, relative, { folders, selection, dryRun, onRemoved, onProblem })
  }
  const told = { tally, onEvent, onProblem, onAdvance }
  const window = makeRestoreWindow({
    repository,
    index,
    threads,
    folders,
    mark,
    request,
    remove,
    ...told,
    signal,
  })
  atLast.defer(window.abandon)
  settled = window.settled
  const deps = { readTree, selection, window, folders, fileCalls, request, remove, onProblem, signal }
  if (node === undefined || node.type === 'dir')
    await restoreTree(node?.subtree ?? snapshot.tree, target.path, deps)
  else await restoreSingle(node, target.path, deps)
  return { ...tally, problems }
}

/** Known beforehand only of all of a snapshot: a part of it is counted by going through it. */
function totalsOf(
  { summary }: Snapshot,
  { path, include, exclude }: RestoreRequest,
): { readonly totalFiles?: number; readonly totalBytes?: number } {
  const isAll = (path === undefined || path === '/') && include.length + exclude.length === 0
  if (!isAll || summary === undefined) return {}
  return { totalFiles: summary.totalFilesProcessed, totalBytes: summary.totalBytesProcessed }
}

async function readSnapshot(repository: Repository, id: string, signal: AbortSignal): Promise<Snapshot> {
  if (!isId(id)) throw new RedomaError('NOT_FOUND', 'a snapshot is named by its whole id')
  try {
    return decodeSnapshot(await readUnpacked(repository, 'snapshots', parseObjectId(id), signal))
  } catch (error) {
    const missing = isRedomaError(error) && isRedomaError(error.cause, 'OBJECT_NOT_FOUND')
    if (missing) throw new RedomaError('NOT_FOUND', `there is no snapshot ${id}`, { cause: error })
    throw error
  }
}
