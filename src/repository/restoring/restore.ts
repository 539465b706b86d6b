import { randomBytes } from 'node:crypto'
import { mkdirSync, realpathSync } from 'node:fs'
import { isRedomaError, RedomaError } from '../../core/errors.ts'
import { loadIndex } from '../blob-index/load-index.ts'
import { findNode } from '../browsing/find-node.ts'
import { type RawPath, rawPathOf, shownPath } from '../files/raw-path.ts'
import { isId, parseObjectId } from '../ids.ts'
import { whileLocked } from '../locks/while-locked.ts'
import { readUnpacked } from '../objects.ts'
import type { FileProblem, OnRepositoryEvent, Repository } from '../repository.ts'
import { decodeSnapshot } from '../snapshots/decode-snapshot.ts'
import type { Snapshot } from '../snapshots/snapshot.ts'
import { threadCount } from '../threads/thread.ts'
import { makeReadTree } from '../trees/read-tree.ts'
import { type FilePlan, makeFilePlan, type PlannedFile } from './plan-files.ts'
import { removeUnfinished } from './remove-unfinished.ts'
import type { RestoreRequest, RestoreResult } from './request.ts'
import { type RestoreThreads, startRestoreThreads } from './restore-threads.ts'
import { finishTree, restoreSingle, restoreTree } from './restore-tree.ts'
import { makeSelection } from './selection.ts'
import { writePlanned } from './write-planned.ts'

/**
 * Writes a snapshot, or a part of it, under a folder: every blob is verified by its hash before it is written. With a `path`,
 * what is in that folder comes directly into the target.
 *
 * @throws RedomaError `NOT_FOUND`, `PATH_UNSAFE`, `REPOSITORY_DAMAGED`, `REPOSITORY_LOCKED`, and those of the destination;
 * the signal's reason when it is aborted
 */
export async function restore(
  repository: Repository,
  snapshotId: string,
  request: RestoreRequest,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<RestoreResult> {
  const work = (): Promise<RestoreResult> => restoreLocked(repository, snapshotId, request, onEvent, signal)
  return whileLocked(repository, 'shared', work, signal)
}

async function restoreLocked(
  repository: Repository,
  snapshotId: string,
  request: RestoreRequest,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<RestoreResult> {
  const { tree } = await readSnapshot(repository, snapshotId, signal)
  const index = await loadIndex(repository, signal)
  const readTree = makeReadTree(repository, index)
  const plan = makeFilePlan(index)
  const problems: FileProblem[] = []
  const onProblem = (path: RawPath, message: string): void => {
    const problem = { path: shownPath(path), message }
    problems.push(problem)
    onEvent({ kind: 'problem', problem })
  }
  const { fileCalls } = repository
  const { dryRun } = request
  const selection = makeSelection(request.include, request.exclude)
  const deps = { readTree, selection, plan, fileCalls, dryRun, onProblem, signal }
  const node = await findNode(readTree, tree, Buffer.from(request.path ?? '/'), signal)
  const target = prepareTarget(request)
  const afterwards =
    node === undefined || node.type === 'dir'
      ? await restoreTree(node?.subtree ?? tree, target, deps)
      : restoreSingle(node, target, deps)

  if (dryRun) {
    return { files: plan.files.length + afterwards.links.length, bytes: bytesOf(plan.files), problems }
  }
  const { files, bytes } = await writeContent(repository, plan, request, { onEvent, onProblem, signal }, () =>
    finishTree(afterwards, deps),
  )
  return { files, bytes, problems }
}

/** Files and bytes that are whole, links among the files. */
async function writeContent(
  repository: Repository,
  plan: FilePlan,
  request: RestoreRequest,
  deps: {
    readonly onEvent: OnRepositoryEvent
    readonly onProblem: (path: RawPath, message: string) => void
    readonly signal: AbortSignal
  },
  makeLinks: () => number,
): Promise<{ readonly files: number; readonly bytes: number }> {
  const { onEvent, onProblem, signal } = deps
  const mark = randomBytes(8).toString('hex')
  const totals = { totalFiles: plan.files.length, totalBytes: bytesOf(plan.files) }
  let files = 0
  let bytes = 0
  try {
    await using threads = startRestoreThreads(repository, threadCount(request.workers), mark, signal)
    await writePlanned(plan, {
      repository,
      threads,
      onWritten: (file) => {
        files++
        bytes += file.size
        onEvent({ kind: 'progress', files, bytes, ...totals })
      },
      onProblem: (file, message) => {
        onProblem(file.path, message)
      },
      signal,
    })
    files += makeLinks()
    if (request.verify) await verifyFiles(plan, threads, onProblem)
  } finally {
    removeUnfinished(plan, mark)
  }
  return { files, bytes }
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

/** The target itself may be reached by a link: it is the operator's word. Below it, none is followed. */
function prepareTarget({ target, dryRun }: RestoreRequest): RawPath {
  if (dryRun) return rawPathOf(target)
  mkdirSync(target, { recursive: true, mode: 0o700 })
  return rawPathOf(realpathSync(target))
}

/** Reads everything back. */
async function verifyFiles(
  plan: FilePlan,
  threads: RestoreThreads,
  onProblem: (path: RawPath, message: string) => void,
): Promise<void> {
  const filesPerMessage = 64
  const written = plan.files.filter(({ state }) => state === 'done')
  for (let at = 0; at < written.length; at += filesPerMessage) {
    const files = written.slice(at, at + filesPerMessage)
    const message = { kind: 'verify' as const, files: files.map(toVerify) }
    await threads.submit(message, ({ problems }) => {
      for (const problem of problems) {
        const file = plan.files[problem.file]
        if (file !== undefined) onProblem(file.path, problem.message)
      }
    })
  }
  await threads.idle()
}

function toVerify({ number, path, size, chunks }: PlannedFile): {
  number: number
  path: RawPath
  size: number
  chunks: PlannedFile['chunks']
} {
  return { number, path, size, chunks }
}

function bytesOf(files: readonly PlannedFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0)
}
