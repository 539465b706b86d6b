import { findEntries } from '../repository/browsing/find-entries.ts'
import { listTree } from '../repository/browsing/list-tree.ts'
import { type TreeEntry, textOfPath } from '../repository/browsing/tree-entry.ts'
import { openRepository } from '../repository/open.ts'
import { listSnapshots } from '../repository/snapshots/list-snapshots.ts'
import { chooseSnapshot, type SnapshotChoice } from './choose-snapshot.ts'
import type { RepositoryAccess, SystemRepositoryDeps } from './restore-system.ts'

/** Something in a snapshot. */
export interface BrowsedEntry {
  readonly snapshot: string
  /** For people: bytes that are not UTF-8 show as U+FFFD. */
  readonly path: string
  readonly type: string
  readonly bytes?: number | undefined
  readonly modifiedAt: Date
}

export interface BrowseSystem {
  /** What is in a folder of a snapshot. @throws RedomaError `NOT_FOUND`, `AMBIGUOUS`, and those of opening */
  list(
    access: RepositoryAccess,
    choice: SnapshotChoice & { readonly path: string; readonly recursive: boolean },
    signal: AbortSignal,
  ): AsyncIterable<BrowsedEntry>
  /** What a pattern fits, in every snapshot. */
  find(access: RepositoryAccess, pattern: string, signal: AbortSignal): AsyncIterable<BrowsedEntry>
}

export function makeBrowseSystem(deps: SystemRepositoryDeps): BrowseSystem {
  return {
    async *list(access, { path, recursive, ...choice }, signal) {
      using repository = await openRepository({ ...deps, ...access }, signal)
      const snapshot = chooseSnapshot(await listSnapshots(repository, signal), choice)
      for await (const entry of listTree(repository, snapshot, { path, recursive }, signal)) {
        yield browsed(snapshot.id, entry)
      }
    },
    async *find(access, pattern, signal) {
      using repository = await openRepository({ ...deps, ...access }, signal)
      const snapshots = await listSnapshots(repository, signal)
      for await (const entry of findEntries(repository, snapshots, pattern, signal)) {
        yield browsed(entry.snapshot.id, entry)
      }
    },
  }
}

function browsed(snapshot: string, { path, node }: TreeEntry): BrowsedEntry {
  const modifiedAt = new Date(Number(node.mtimeNs / 1_000_000n))
  return { snapshot, path: textOfPath(path), type: node.type, bytes: node.size, modifiedAt }
}
