import type { ObjectId } from '../ids.ts'
import type { CheckedIndexes } from './check-indexes.ts'
import { hintAt } from './hint-at.ts'
import type { ProblemList } from './problem-list.ts'

/**
 * What the indexes say of packs, against those that are there.
 *
 * @param sizes in bytes
 */
export function comparePacks(
  { packs, lengths }: CheckedIndexes,
  sizes: ReadonlyMap<ObjectId, number>,
  problems: ProblemList,
): void {
  for (const [number, id] of packs.entries()) {
    const problem = problemOf(sizes.get(id), lengths[number])
    if (problem !== undefined) problems.add(`data/${id}`, problem)
  }
  const unindexed = new Set(sizes.keys()).difference(new Set(packs))
  const whose = 'a backup that was interrupted, or is under way, left them; a prune removes those that stay'
  hintAt(unindexed, problems, `are in no index: ${whose}`)
}

function problemOf(size: number | undefined, expected: number | undefined): string | undefined {
  if (size === undefined) return 'the pack is missing'
  if (expected === undefined || size === expected) return undefined
  return `the pack has ${size} bytes, expected ${expected}`
}
