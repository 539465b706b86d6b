import type { FileProblem } from '../repository.ts'

/** What a snapshot is made of. */
export interface BackupRequest {
  /** Absolute, of files or folders. */
  readonly paths: readonly string[]
  /** gitignore patterns, seen from each path. */
  readonly exclude: readonly string[]
  /** Absolute paths, as they are reached from `paths`: left out with all that is in them. */
  readonly excludePaths?: readonly string[] | undefined
  readonly excludeLargerThanBytes?: number | undefined
  /** Leave out folders that hold a `CACHEDIR.TAG`. */
  readonly excludeCaches: boolean
  /** Do not cross into other file systems. */
  readonly oneFileSystem: boolean
  readonly hostname: string
  readonly username?: string | undefined
  readonly tags: readonly string[]
  /** The snapshot's. */
  readonly time: Date
  /**
   * Ids of the snapshots whose word is taken for what a file of the same status holds, so that it is not read; of all where it is not
   * said. Who else writes to the repository can write a snapshot of this host and these paths, with a content of his.
   */
  readonly trusted?: ReadonlySet<string> | undefined
  /** Record when files were last read; left out, every access would make every tree new. */
  readonly withAccessTimes?: boolean | undefined
  /** How many threads read and pack. Unless it is said as many as there are processors, and none where little is new. */
  readonly workers?: number | undefined
}

export interface BackupResult {
  /** 64 lower-case hex digits, as all ids here. */
  readonly snapshotId: string
  /** The root tree's id. */
  readonly tree: string
  /** The snapshot that this one was compared with. */
  readonly parent?: string | undefined
  readonly filesNew: number
  readonly filesChanged: number
  readonly filesUnmodified: number
  /** In the clear, of all files of the snapshot. */
  readonly bytesProcessed: number
  /** What was really added at the destination, packed. */
  readonly bytesAdded: number
  readonly problems: readonly FileProblem[]
}
