import { sourceOf } from '../../app/choose-snapshot.ts'
import type { StoredSnapshot } from '../../repository/snapshots/snapshot.ts'

/** When a snapshot was made; its nanoseconds are dropped. */
export function timeOf({ timeNs }: StoredSnapshot): Date {
  return new Date(Number(timeNs / 1_000_000n))
}

/** What `--json` says of a snapshot. */
export function snapshotJson(snapshot: StoredSnapshot): object {
  const { id, hostname, username, paths, tags, tree, parent, summary } = snapshot
  return {
    id,
    time: timeOf(snapshot).toISOString(),
    source: sourceOf(snapshot),
    hostname,
    username,
    paths,
    tags,
    tree,
    parent,
    files: summary?.totalFilesProcessed,
    bytes: summary?.totalBytesProcessed,
  }
}
