import type { StoredSnapshot } from './snapshot.ts'

/** What is about to be backed up. */
export interface PlannedBackup {
  readonly hostname: string
  /** Absolute. */
  readonly paths: readonly string[]
  readonly timeNs: bigint
  /** Ids of the snapshots that are believed; all of them where it is not said. */
  readonly trusted?: ReadonlySet<string> | undefined
}

/**
 * Whose trees a new backup may be compared with, to skip what has not changed: the newest snapshot of the same host that
 * holds at least the same paths, of those that are trusted. `undefined`: everything is read.
 */
export function planParent<T extends StoredSnapshot>(
  snapshots: readonly T[],
  backup: PlannedBackup,
): T | undefined {
  let parent: T | undefined
  for (const snapshot of snapshots) {
    if (!suits(snapshot, backup)) continue
    if (parent === undefined || snapshot.timeNs > parent.timeNs) parent = snapshot
  }
  return parent
}

function suits(snapshot: StoredSnapshot, { hostname, paths, timeNs, trusted }: PlannedBackup): boolean {
  if (trusted?.has(snapshot.id) === false) return false
  if (snapshot.hostname !== hostname || snapshot.timeNs > timeNs) return false
  return paths.every((path) => snapshot.paths.includes(path))
}
