import type { ObjectId } from '../ids.ts'
import type { Snapshot, StoredSnapshot } from '../snapshots/snapshot.ts'

/** What becomes of one snapshot. */
export type PlannedCopy =
  | { readonly kind: 'copy'; readonly snapshot: StoredSnapshot }
  | { readonly kind: 'there-already'; readonly snapshot: StoredSnapshot; readonly as: ObjectId }

/**
 * Which snapshots have no copy yet. As restic: a copy keeps the id of the first version in `original`, and is one as long as nothing but
 * that and its parent differs, so that a snapshot that was tagged anew since is copied again.
 */
export function planCopy(wanted: readonly StoredSnapshot[], there: readonly StoredSnapshot[]): PlannedCopy[] {
  const byOrigin = Map.groupBy(there, originOf)
  return wanted.map((snapshot) => {
    const candidates = byOrigin.get(originOf(snapshot)) ?? []
    const copy = candidates.find((other) => sayTheSame(other, snapshot))
    return copy === undefined ? { kind: 'copy', snapshot } : { kind: 'there-already', snapshot, as: copy.id }
  })
}

/** What is written for a copy: its parent means nothing there. */
export function copyOf({ id, ...snapshot }: StoredSnapshot): Snapshot {
  return { ...snapshot, parent: undefined, original: snapshot.original ?? id }
}

function originOf({ id, original }: StoredSnapshot): ObjectId {
  return original ?? id
}

function sayTheSame(a: Snapshot, b: Snapshot): boolean {
  return textOf(a) === textOf(b)
}

function textOf({ timeNs, tree, paths, hostname, username, uid, gid, excludes, tags }: Snapshot): string {
  const who = [hostname ?? '', username ?? '', uid ?? 0, gid ?? 0]
  return JSON.stringify([String(timeNs), tree, paths, who, excludes ?? [], tags ?? []])
}
