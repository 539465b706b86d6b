import type { Snapshot } from './snapshot.ts'

/**
 * Whose trees a new backup may be compared with, to skip what has not changed: the newest snapshot of the same host that
 * holds at least the same paths. `undefined`: everything is read.
 */
export function planParent<T extends Snapshot>(
  snapshots: readonly T[],
  backup: { readonly hostname: string; readonly paths: readonly string[]; readonly timeNs: bigint },
): T | undefined {
  let parent: T | undefined
  for (const snapshot of snapshots) {
    if (!suits(snapshot, backup)) continue
    if (parent === undefined || snapshot.timeNs > parent.timeNs) parent = snapshot
  }
  return parent
}

function suits(
  snapshot: Snapshot,
  backup: { readonly hostname: string; readonly paths: readonly string[]; readonly timeNs: bigint },
): boolean {
  if (snapshot.hostname !== backup.hostname || snapshot.timeNs > backup.timeNs) return false
  return backup.paths.every((path) => snapshot.paths.includes(path))
}
