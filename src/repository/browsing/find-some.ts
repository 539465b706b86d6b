import { setImmediate as nextTurn } from 'node:timers/promises'
import { loadIndex } from '../blob-index/load-index.ts'
import type { Repository } from '../repository.ts'
import type { StoredSnapshot } from '../snapshots/snapshot.ts'
import { makeReadTree } from '../trees/read-tree.ts'
import type { FoundEntry } from './find-entries.ts'
import { makeNamePattern } from './name-pattern.ts'
import { textOfPath } from './tree-entry.ts'
import { type Reached, walkFrom } from './walk-from.ts'
import type { OnDamagedFolder } from './walk-tree.ts'

export interface SomeBounds {
  /** Where the search before ended, and in which snapshot; the others are looked at from their beginning. */
  readonly from?: { readonly id: string; readonly reached: Reached } | undefined
  /** How many are found at most. */
  readonly most: number
  /** Asked after each entry that was looked at, first when the index is loaded. */
  readonly goesOn: () => boolean
}

export interface SomeFound {
  readonly found: readonly FoundEntry[]
  /** Where to go on; absent: all was looked at. */
  readonly next?: { readonly snapshot: StoredSnapshot; readonly reached: Reached } | undefined
}

/** Who asks has to take the place along; a tree so deep is no one's, and is gone through until it is less. */
const deepest = 200
/** Others wait for their turn meanwhile. */
const entriesInTurn = 200

/**
 * As `findEntries`, but no longer than the bounds say: a snapshot may hold millions of entries, and somebody waits for an answer. A folder that is
 * damaged is passed over.
 *
 * @throws RedomaError `REPOSITORY_DAMAGED` where the tree of a snapshot is, and those of the destination
 */
export async function findSome(
  repository: Repository,
  snapshots: readonly StoredSnapshot[],
  pattern: string,
  { from, most, goesOn }: SomeBounds,
  onDamaged: OnDamagedFolder,
  signal: AbortSignal,
): Promise<SomeFound> {
  const readTree = makeReadTree(repository, await loadIndex(repository, signal))
  const fits = makeNamePattern(pattern)
  const found: FoundEntry[] = []
  let looked = 0
  for (const snapshot of snapshots) {
    const start = snapshot.id === from?.id ? from.reached : []
    const entries = walkFrom(readTree, snapshot.tree, start, onDamaged, signal)
    for await (const { path, node, reached } of entries) {
      if (fits(textOfPath(path))) found.push({ path, node, snapshot })
      looked += 1
      if (looked % entriesInTurn === 0) await nextTurn()
      const isEnough = !goesOn() || found.length >= most
      if (isEnough && reached.length <= deepest) return { found, next: { snapshot, reached } }
    }
  }
  return { found }
}
