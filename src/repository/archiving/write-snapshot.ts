import { nsOfDate } from '../encoding/rfc3339.ts'
import type { BlobId } from '../ids.ts'
import { writeUnpacked } from '../objects.ts'
import type { Repository } from '../repository.ts'
import { encodeSnapshot } from '../snapshots/encode-snapshot.ts'
import type { Snapshot, StoredSnapshot } from '../snapshots/snapshot.ts'
import type { PublisherFigures } from './publisher.ts'
import type { BackupRequest, BackupResult } from './request.ts'
import type { Tally } from './tally.ts'

/** What a run has made, durably, and a snapshot is to name. */
export interface Archived {
  readonly startedAt: Date
  /** The snapshot that it was compared with. */
  readonly parent: StoredSnapshot | undefined
  readonly tree: BlobId
  readonly figures: PublisherFigures
  readonly tally: Tally
}

export type SnapshotRequest = Pick<
  BackupRequest,
  'paths' | 'exclude' | 'excludePaths' | 'hostname' | 'username' | 'tags' | 'time'
>

/** The last of a run: all that the snapshot names is there. */
export async function writeSnapshot(
  repository: Repository,
  request: SnapshotRequest,
  archived: Archived,
  signal: AbortSignal,
): Promise<BackupResult> {
  const json = encodeSnapshot(describeSnapshot(request, archived, repository.clock.now()))
  const snapshotId = await writeUnpacked(repository, 'snapshots', json, signal)
  await repository.destination.flush(signal)
  return resultOf(snapshotId, archived)
}

function describeSnapshot(
  request: SnapshotRequest,
  { startedAt, parent, tree, figures, tally }: Archived,
  endedAt: Date,
): Snapshot {
  const { files, folders } = tally
  return {
    timeNs: nsOfDate(request.time),
    parent: parent?.id,
    tree,
    paths: request.paths,
    hostname: request.hostname,
    username: request.username,
    uid: process.getuid?.(),
    gid: process.getgid?.(),
    excludes: [...request.exclude, ...(request.excludePaths ?? [])],
    tags: request.tags,
    programVersion: 'redoma',
    summary: {
      backupStartNs: nsOfDate(startedAt),
      backupEndNs: nsOfDate(endedAt),
      filesNew: files.new,
      filesChanged: files.changed,
      filesUnmodified: files.unmodified,
      dirsNew: folders.new,
      dirsChanged: folders.changed,
      dirsUnmodified: folders.unmodified,
      dataBlobs: figures.dataBlobs,
      treeBlobs: figures.treeBlobs,
      dataAdded: figures.dataAdded,
      dataAddedPacked: figures.dataAddedPacked,
      totalFilesProcessed: files.new + files.changed + files.unmodified,
      totalBytesProcessed: tally.bytes,
    },
  }
}

function resultOf(snapshotId: string, { parent, tree, figures, tally }: Archived): BackupResult {
  const { files, bytes, problems } = tally
  return {
    snapshotId,
    tree,
    parent: parent?.id,
    filesNew: files.new,
    filesChanged: files.changed,
    filesUnmodified: files.unmodified,
    bytesProcessed: bytes,
    bytesAdded: figures.bytesStored,
    problems,
  }
}
