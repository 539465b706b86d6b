import type { BlobId, ObjectId } from '../ids.ts'

/** One backup: when, of what, by whom, and the tree that holds it. */
export interface Snapshot {
  /** Nanoseconds since 1970. */
  readonly timeNs: bigint
  /** East of UTC: the zone that the time was noted in, in which its day began. UTC when absent. */
  readonly zoneMinutes?: number | undefined
  readonly parent?: ObjectId | undefined
  /** The tree of `/`. */
  readonly tree: BlobId
  /** Absolute. */
  readonly paths: readonly string[]
  readonly hostname?: string | undefined
  readonly username?: string | undefined
  readonly uid?: number | undefined
  readonly gid?: number | undefined
  readonly excludes?: readonly string[] | undefined
  readonly tags?: readonly string[] | undefined
  /** The first version, when this is an edited one. */
  readonly original?: ObjectId | undefined
  readonly programVersion?: string | undefined
  readonly summary?: SnapshotSummary | undefined
}

/** A snapshot and the name of its file. */
export interface StoredSnapshot extends Snapshot {
  readonly id: ObjectId
}

/** Figures of the run that made a snapshot; restic writes them since 0.17. */
export interface SnapshotSummary {
  readonly backupStartNs: bigint
  readonly backupEndNs: bigint
  readonly filesNew: number
  readonly filesChanged: number
  readonly filesUnmodified: number
  readonly dirsNew: number
  readonly dirsChanged: number
  readonly dirsUnmodified: number
  readonly dataBlobs: number
  readonly treeBlobs: number
  /** Bytes before compression. */
  readonly dataAdded: number
  /** Bytes as stored. */
  readonly dataAddedPacked: number
  readonly totalFilesProcessed: number
  readonly totalBytesProcessed: number
}
