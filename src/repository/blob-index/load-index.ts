import { RedomaError } from '../../core/errors.ts'
import { type ObjectId, objectIdFromBytes } from '../ids.ts'
import { readIndex } from '../index/read-index.ts'
import type { IndexVisitor } from '../index/scan-index.ts'
import { listObjects, readUnpacked } from '../objects.ts'
import type { Repository } from '../repository.ts'
import { type BlobIndex, type BlobPlace, makeBlobIndex } from './blob-index.ts'

/** All that the index files of a repository say. */
export interface LoadedIndex {
  readonly blobs: BlobIndex
  /** By the numbers that `BlobPlace` has. */
  readonly packs: readonly ObjectId[]
}

/** Index files that are fetched at once. */
const fetchedAtOnce = 4
/** Of an index file: an id is 32 bytes that no compression makes shorter, and where the blob lies some ten more. */
const storedBytesPerBlob = 42

/** @throws RedomaError `REPOSITORY_DAMAGED`, and those of the destination */
export async function loadIndex(repository: Repository, signal: AbortSignal): Promise<LoadedIndex> {
  const files = await Array.fromAsync(listObjects(repository, 'index', signal))
  const blobs = makeBlobIndex(files.reduce((sum, { size }) => sum + size, 0) / storedBytesPerBlob)
  const packs: ObjectId[] = []
  const visitor = putInto(blobs, packs)
  const waiting = files.values()
  const fetchSome = async (): Promise<void> => {
    for (const { id } of waiting) {
      signal.throwIfAborted()
      const json = await readUnpacked(repository, 'index', id, signal)
      damagedIf(`index/${id}`, () => {
        readIndex(json, visitor)
      })
    }
  }
  await Promise.all(Array.from({ length: fetchedAtOnce }, fetchSome))
  return { blobs, packs }
}

function putInto(blobs: BlobIndex, packs: ObjectId[]): IndexVisitor {
  const numbers = new Map<ObjectId, number>()
  // One object for all blobs: of ten million there would be much to clear away.
  const place: { -readonly [K in keyof BlobPlace]: BlobPlace[K] } = {
    ...{ pack: 0, offset: 0, length: 0, uncompressedLength: 0 },
  }
  return {
    pack(id) {
      const name = objectIdFromBytes(id)
      place.pack = numbers.get(name) ?? packs.push(name) - 1
      numbers.set(name, place.pack)
    },
    blob(type, id, offset, length, uncompressedLength) {
      place.offset = offset
      place.length = length
      place.uncompressedLength = uncompressedLength
      blobs.put(type, id, place)
    },
  }
}

function damagedIf(what: string, work: () => void): void {
  try {
    work()
  } catch (cause) {
    throw new RedomaError('REPOSITORY_DAMAGED', `${what} is damaged`, { cause })
  }
}
