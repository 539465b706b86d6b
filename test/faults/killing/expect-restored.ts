import { expect } from 'vitest'
import { planRegions } from '../../../src/repository/restoring/plan-regions.ts'
import { compareDescriptions, describeTree, type TreeDescription } from '../../support/compare-trees.ts'
import type { Indexed } from './expect-reused.ts'
import type { Task } from './tasks.ts'
import type { Done } from './victim.ts'

/** Files that hold already what they shall hold after a restore. */
export function wholeFiles(wanted: TreeDescription, target: string): string[] {
  const there = describeTree(target)
  return [...contentsOf(wanted)]
    .filter(([path, id]) => contentIn(there.get(path)) === id)
    .map(([path]) => path)
}

/**
 * All is as it was promised; files that were whole were neither fetched nor written, and of the others nothing was fetched but their
 * content.
 */
export function expectRestored(
  { target }: Extract<Task, { kind: 'restore' }>,
  wanted: TreeDescription,
  whole: readonly string[],
  indexed: Indexed,
  { made }: Done,
  label: string,
): void {
  const differences = compareDescriptions(withoutRoot(wanted), withoutRoot(describeTree(target)))
  expect({ label, differences }).toEqual({ label, differences: [] })
  const lacking = [...contentsOf(wanted)].filter(([path]) => !whole.includes(path)).map(([, id]) => id)
  const expected = { kind: 'restore', unchanged: whole.length, fetchedBytes: bytesToFetch(indexed, lacking) }
  // Where a prune died, some lie twice, and either may be taken.
  if (!isAnyTwice(indexed)) expect({ label, made }).toEqual({ label, made: expected })
}

/** With the gaps that are read rather than asked around. */
function bytesToFetch(indexed: Indexed, lacking: readonly string[]): number {
  const ids = new Set(lacking)
  const regions = indexed.flatMap(({ blobs }) => {
    const needed = blobs.filter(({ id }) => ids.has(id))
    return planRegions(needed.map((place) => ({ place })))
  })
  return regions.reduce((sum, { length }) => sum + length, 0)
}

function isAnyTwice(indexed: Indexed): boolean {
  const ids = indexed.flatMap(({ blobs }) => blobs.map(({ id }) => id))
  return new Set(ids).size < ids.length
}

/** Of every file, the hash of its content. */
function contentsOf(tree: TreeDescription): Map<string, string> {
  const contents = new Map<string, string>()
  for (const [path, line] of tree) {
    const id = contentIn(line)
    if (id !== undefined) contents.set(path, id)
  }
  return contents
}

function contentIn(line: string | undefined): string | undefined {
  return /content ([0-9a-f]{64})/.exec(line ?? '')?.[1]
}

/** The folder that is restored to keeps what it had. */
function withoutRoot(tree: TreeDescription): TreeDescription {
  return new Map([...tree].filter(([path]) => path !== ''))
}
