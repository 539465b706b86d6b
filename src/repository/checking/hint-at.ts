import type { ObjectId } from '../ids.ts'
import type { ProblemList } from './problem-list.ts'

/** One hint for all packs of a kind. */
export function hintAt(packs: ReadonlySet<ObjectId>, problems: ProblemList, what: string): void {
  const [first] = packs
  if (first !== undefined) problems.hint(`packs ${what} (${packs.size} in all: ${first} …)`)
}
