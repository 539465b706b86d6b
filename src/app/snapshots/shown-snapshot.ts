import type { StoredSnapshot } from '../../repository/snapshots/snapshot.ts'
import { hostOf, sourceOf } from '../choose-snapshot.ts'

/** A snapshot, as it is told to whoever asks. */
export interface ShownSnapshot {
  readonly id: string
  /** Its nanoseconds are dropped. */
  readonly time: Date
  readonly source: string
  readonly hostname: string
  readonly username?: string | undefined
  readonly paths: readonly string[]
  readonly tags: readonly string[]
  /** As far as the program that made it said so. */
  readonly files?: number | undefined
  readonly bytes?: number | undefined
}

export function shownSnapshot(snapshot: StoredSnapshot): ShownSnapshot {
  const { id, timeNs, username, paths, tags = [], summary } = snapshot
  return {
    id,
    time: new Date(Number(timeNs / 1_000_000n)),
    source: sourceOf(snapshot),
    hostname: hostOf(snapshot),
    username,
    paths,
    tags,
    files: summary?.totalFilesProcessed,
    bytes: summary?.totalBytesProcessed,
  }
}
