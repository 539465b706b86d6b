import { RedomaError } from '../../core/errors.ts'
import { type ObjectId, writeId } from '../ids.ts'
import { decodeIndex } from '../index/decode-index.ts'
import { listObjects, readUnpacked } from '../objects.ts'
import type { Repository } from '../repository.ts'
import { type BlobIndex, makeBlobIndex } from './blob-index.ts'

/** All that the index files of a repository say. */
export interface LoadedIndex {
  readonly blobs: BlobIndex
  /** By the numbers that `BlobPlace` has. */
  readonly packs: readonly ObjectId[]
}

/** Index files that are fetched at once. */
const fetchedAtOnce = 4

/** @throws RedomaError `REPOSITORY_DAMAGED`, and those of the destination */
export async function loadIndex(repository: Repository, signal: AbortSignal): Promise<LoadedIndex> {
  const blobs = makeBlobIndex()
  const packs: ObjectId[] = []
  const numbers = new Map<ObjectId, number>()
  const id = new Uint8Array(32)

  const addIndex = (json: Uint8Array): void => {
    decodeIndex(json, (pack, entries) => {
      const number = numbers.get(pack) ?? packs.push(pack) - 1
      numbers.set(pack, number)
      for (const entry of entries) {
        writeId(entry.id, id)
        blobs.put(entry.type, id, { pack: number, ...entry })
      }
    })
  }

  const files = (await Array.fromAsync(listObjects(repository, 'index', signal))).values()
  const fetchSome = async (): Promise<void> => {
    for (const file of files) {
      signal.throwIfAborted()
      const json = await readUnpacked(repository, 'index', file.id, signal)
      damagedIf(`index/${file.id}`, () => {
        addIndex(json)
      })
    }
  }
  await Promise.all(Array.from({ length: fetchedAtOnce }, fetchSome))
  return { blobs, packs }
}

function damagedIf(what: string, work: () => void): void {
  try {
    work()
  } catch (cause) {
    throw new RedomaError('REPOSITORY_DAMAGED', `${what} is damaged`, { cause })
  }
}
