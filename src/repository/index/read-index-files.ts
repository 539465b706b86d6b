import { RedomaError } from '../../core/errors.ts'
import { oneAhead } from '../../core/one-ahead.ts'
import type { ObjectId } from '../ids.ts'
import { readUnpacked } from '../objects.ts'
import type { Repository } from '../repository.ts'
import { decodeIndex } from './decode-index.ts'
import type { IndexedPack } from './encode-index.ts'

export interface DecodedIndex {
  readonly id: ObjectId
  readonly packs: readonly IndexedPack[]
}

/**
 * What some index files say, one file after the other: each has some 50,000 blobs, and all at once would fill the memory.
 *
 * @throws RedomaError `REPOSITORY_DAMAGED`, and those of the destination
 */
export function readIndexFiles(
  repository: Repository,
  files: Iterable<ObjectId>,
  signal: AbortSignal,
): AsyncIterable<DecodedIndex> {
  return oneAhead(readEach(repository, files, signal))
}

async function* readEach(
  repository: Repository,
  files: Iterable<ObjectId>,
  signal: AbortSignal,
): AsyncGenerator<DecodedIndex> {
  for (const id of files) {
    signal.throwIfAborted()
    yield { id, packs: packsOf(id, await readUnpacked(repository, 'index', id, signal)) }
  }
}

function packsOf(index: ObjectId, json: Uint8Array): IndexedPack[] {
  const packs: IndexedPack[] = []
  try {
    decodeIndex(json, (id, blobs) => {
      packs.push({ id, blobs })
    })
  } catch (cause) {
    throw new RedomaError('REPOSITORY_DAMAGED', `index/${index} is damaged`, { cause })
  }
  return packs
}
