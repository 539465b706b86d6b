import { RedomaError } from '../../core/errors.ts'
import { loadStoredIndex } from '../blob-index/load-index.ts'
import { lostPacksProblem } from '../blob-index/lost-packs-problem.ts'
import { nsOfDate } from '../encoding/rfc3339.ts'
import { rawPathOf } from '../files/raw-path.ts'
import type { BlobId } from '../ids.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import { listSnapshots } from '../snapshots/list-snapshots.ts'
import { planParent } from '../snapshots/plan-parent.ts'
import { encodeNode, joinNodes } from '../trees/encode-tree.ts'
import { goModeOf } from '../trees/file-mode.ts'
import { compareNames } from '../trees/name-order.ts'
import { makeReadTree } from '../trees/read-tree.ts'
import { makeArchiveStream } from './archive-stream.ts'
import { makePublisher, type Publisher } from './publisher.ts'
import type { BackupResult } from './request.ts'
import { makeTally, type Tally, tellOfDamaged } from './tally.ts'
import { makeTreeStore } from './tree-store.ts'
import { type SnapshotRequest, writeSnapshot } from './write-snapshot.ts'

/** What is read from no file: what a program prints. */
export interface StreamedFile {
  /** Its name in the snapshot's one folder. */
  readonly name: string
  /** All of it, from the beginning. What it throws ends the backup: half of it is none. */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>
}

export interface StreamsRequest extends Pick<SnapshotRequest, 'hostname' | 'username' | 'tags' | 'time'> {
  /** Of the folder that the files are in, right below `/`. */
  readonly folder: string
  readonly files: AsyncIterable<StreamedFile>
}

/**
 * Makes a snapshot of what programs print: each a file of a folder `/NAME`, as `restic backup --stdin-filename /NAME/FILE` would. One after the other, with no file in
 * between; nothing names what was stored of a stream that fails.
 *
 * @param signal as the lock hands it out, which the caller holds
 * @throws RedomaError `VERIFICATION_FAILED`, `REPOSITORY_DAMAGED`, those of the destination, and what a stream throws; the signal's reason when it is aborted
 */
export async function backUpStreamsLocked(
  repository: Repository,
  request: StreamsRequest,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<BackupResult> {
  const startedAt = repository.clock.now()
  const paths = [`/${request.folder}`]
  const { snapshots, damaged } = await listSnapshots(repository, signal)
  const parent = planParent(snapshots, {
    hostname: request.hostname,
    paths,
    timeNs: nsOfDate(request.time),
    trusted: undefined,
  })
  const tally = makeTally(onEvent, parent?.summary?.totalBytesProcessed)
  tellOfDamaged(tally, damaged)
  const publisher = makePublisher(repository, signal)
  try {
    const tree = await archive(publisher, repository, request, tally, signal)
    const archived = { startedAt, parent, tree, figures: publisher.figures, tally }
    return await writeSnapshot(repository, { ...request, paths, exclude: [] }, archived, signal)
  } catch (error) {
    // What led here matters more than whether this works.
    await publisher.salvage().catch(() => undefined)
    throw error
  }
}

async function archive(
  publisher: Publisher,
  repository: Repository,
  request: StreamsRequest,
  tally: Tally,
  signal: AbortSignal,
): Promise<BlobId> {
  const index = await loadStoredIndex(repository, signal)
  const lost = lostPacksProblem(index.lost)
  if (lost !== undefined) tally.problem(rawPathOf('packs'), lost)
  const stream = makeArchiveStream(repository, { blobIndex: index.blobs, publisher, tally, signal })
  const nodes = new Map<string, string>()
  for await (const file of request.files) {
    const { name } = file
    if (nodes.has(name)) throw new RedomaError('INTERNAL', `two streams are called ${name}`)
    const { size, content } = await stream.archive(file.open(signal))
    nodes.set(name, encodeNode({ ...nodeOf(name, 0o100600, request.time), size, content, links: 1 }))
    tally.countFile('new', size)
  }
  await stream.finish()

  const readTree = makeReadTree(repository, index)
  const trees = makeTreeStore({ repository, index, readTree, publisher, signal })
  const inOrder = [...nodes].sort(([a], [b]) => compareNames(bytesOf(a), bytesOf(b)))
  const subtree = trees.store(joinNodes(inOrder.map(([, node]) => node)))
  const folder = encodeNode({ ...nodeOf(request.folder, 0o040700, request.time), subtree })
  const tree = trees.store(joinNodes([folder]))
  tally.countFolder(undefined, subtree)
  await trees.finish()
  tally.finish()
  await publisher.finish()
  return tree
}

/** Whose process made it, when the snapshot was made. */
function nodeOf(name: string, mode: number, time: Date) {
  const timeNs = nsOfDate(time)
  return {
    name: bytesOf(name),
    type: mode >= 0o100000 ? 'file' : 'dir',
    mode: goModeOf(mode),
    mtimeNs: timeNs,
    atimeNs: timeNs,
    ctimeNs: timeNs,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
  } as const
}

function bytesOf(name: string): Uint8Array {
  return new TextEncoder().encode(name)
}
