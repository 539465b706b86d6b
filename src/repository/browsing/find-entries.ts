import { loadIndex } from '../blob-index/load-index.ts'
import type { Repository } from '../repository.ts'
import type { StoredSnapshot } from '../snapshots/snapshot.ts'
import { makeReadTree } from '../trees/read-tree.ts'
import { makeNamePattern } from './name-pattern.ts'
import { type TreeEntry, textOfPath } from './tree-entry.ts'
import { walkTree } from './walk-tree.ts'

export interface FoundEntry extends TreeEntry {
  readonly snapshot: StoredSnapshot
}

/**
 * The entries of snapshots that a pattern fits: `*` and `?` stand for anything but `/`, `**` for anything. A pattern without
 * `/` is compared with names, one with `/` with whole paths.
 *
 * @throws RedomaError `REPOSITORY_DAMAGED`, and those of the destination
 */
export async function* findEntries(
  repository: Repository,
  snapshots: readonly StoredSnapshot[],
  pattern: string,
  signal: AbortSignal,
): AsyncGenerator<FoundEntry> {
  const readTree = makeReadTree(repository, await loadIndex(repository, signal))
  const fits = makeNamePattern(pattern)
  for (const snapshot of snapshots) {
    for await (const entry of walkTree(readTree, snapshot.tree, new Uint8Array(0), signal)) {
      if (fits(textOfPath(entry.path))) yield { ...entry, snapshot }
    }
  }
}
