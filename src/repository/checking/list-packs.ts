import { isId, type ObjectId, parseObjectId } from '../ids.ts'
import { objectNameOf } from '../objects.ts'
import type { Repository } from '../repository.ts'
import type { ProblemList } from './problem-list.ts'

/** The packs that are there, with their sizes in bytes. What else lies in their folders is told as a hint. */
export async function listPacks(
  repository: Repository,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<ReadonlyMap<ObjectId, number>> {
  const sizes = new Map<ObjectId, number>()
  const strays: string[] = []
  for await (const { name, size } of repository.destination.list(`${repository.prefix}data/`, signal)) {
    const id = name.slice(name.lastIndexOf('/') + 1)
    // A pack in a folder that is not its own is found by nobody who looks for it.
    if (isId(id) && objectNameOf(repository, 'data', parseObjectId(id)) === name) {
      sizes.set(parseObjectId(id), size)
    } else strays.push(name)
  }
  const [first] = strays
  if (first !== undefined) {
    problems.hint(`files that are no packs lie among them, ${strays.length} in all: ${first} …`)
  }
  return sizes
}
