import type { Snapshot } from '../snapshots/snapshot.ts'

/** Snapshots to which a policy is applied by themselves, and what they have in common. */
export interface SnapshotGroup<T> {
  /** None when all snapshots are one group. */
  readonly labels: readonly GroupLabel[]
  readonly snapshots: readonly T[]
}

/** `host`: `web1`, `paths`: `/etc`, `/home` … */
export interface GroupLabel {
  readonly name: string
  readonly values: readonly string[]
}

export const groupings = ['host', 'paths', 'tags'] as const
export type Grouping = (typeof groupings)[number]

/** In the order in which the first snapshot of each group comes. */
export function groupSnapshots<T extends Snapshot>(
  snapshots: readonly T[],
  labelsOf: (snapshot: T) => readonly GroupLabel[],
): SnapshotGroup<T>[] {
  const groups = new Map<string, { labels: readonly GroupLabel[]; snapshots: T[] }>()
  for (const snapshot of snapshots) {
    const labels = labelsOf(snapshot)
    const key = JSON.stringify(labels)
    const group = groups.get(key) ?? { labels, snapshots: [] }
    group.snapshots.push(snapshot)
    groups.set(key, group)
  }
  return [...groups.values()]
}

/** What restic groups by: the order of paths and of tags does not matter. */
export function labelOf(snapshot: Snapshot, grouping: Grouping): GroupLabel {
  switch (grouping) {
    case 'host':
      return { name: grouping, values: [snapshot.hostname ?? ''] }
    case 'paths':
      return { name: grouping, values: snapshot.paths.toSorted() }
    case 'tags':
      return { name: grouping, values: (snapshot.tags ?? []).toSorted() }
  }
}
