import { RedomaError } from '../../core/errors.ts'
import { type ObjectId, objectIdFromBytes } from '../ids.ts'
import { readIndex } from '../index/read-index.ts'
import type { IndexVisitor } from '../index/scan-index.ts'
import { listObjects, readUnpacked } from '../objects.ts'
import { entryBytes } from '../packs/pack-header.ts'
import { packBytesOf } from '../packs/read-pack-header.ts'
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
export function loadIndex(repository: Repository, signal: AbortSignal): Promise<LoadedIndex> {
  return load(repository, undefined, signal)
}

/** Packs that an index names, and that do not hold what it says. */
export interface LostPacks {
  readonly missing: ReadonlySet<ObjectId>
  readonly cutOff: ReadonlySet<ObjectId>
}

/**
 * The same without the blobs of packs that are missing, or shorter than the index says. Who writes what is not known here writes it
 * again, so that nothing new builds on what is lost.
 *
 * @throws RedomaError as `loadIndex`
 */
export async function loadStoredIndex(
  repository: Repository,
  signal: AbortSignal,
): Promise<LoadedIndex & { readonly lost: LostPacks }> {
  const lost = { missing: new Set<ObjectId>(), cutOff: new Set<ObjectId>() }
  const loaded = await load(repository, lost, signal)
  if (lost.cutOff.size === 0) return { ...loaded, lost }
  // Which they are was known only when all of their blobs had been told.
  return { ...(await load(repository, lost, signal)), lost }
}

interface Losses {
  readonly missing: Set<ObjectId>
  readonly cutOff: Set<ObjectId>
}

async function load(
  repository: Repository,
  lost: Losses | undefined,
  signal: AbortSignal,
): Promise<LoadedIndex> {
  const files = await Array.fromAsync(listObjects(repository, 'index', signal))
  const blobs = makeBlobIndex(files.reduce((sum, { size }) => sum + size, 0) / storedBytesPerBlob)
  const packs: ObjectId[] = []
  const put = putInto(blobs, packs)
  // After the indexes are listed, so that every pack that they name was there; while they are fetched.
  const visiting =
    lost === undefined || files.length === 0
      ? Promise.resolve({ ...put, finish: () => undefined })
      : whatIsThere(put, sizesOfPacks(repository, signal), lost)
  visiting.catch(() => undefined) // Whoever reads an index looks at it.
  const waiting = files.values()
  const fetchSome = async (): Promise<void> => {
    for (const { id } of waiting) {
      signal.throwIfAborted()
      const json = await readUnpacked(repository, 'index', id, signal)
      const visitor = await visiting
      damagedIf(`index/${id}`, () => {
        readIndex(json, visitor)
      })
      visitor.finish()
    }
  }
  await Promise.all([visiting, ...Array.from({ length: fetchedAtOnce }, fetchSome)])
  return { blobs, packs }
}

async function sizesOfPacks(repository: Repository, signal: AbortSignal): Promise<Map<ObjectId, number>> {
  const sizes = new Map<ObjectId, number>()
  for await (const { id, size } of listObjects(repository, 'data', signal)) sizes.set(id, size)
  return sizes
}

interface Sieve extends IndexVisitor {
  /** An index was told to its end. */
  finish(): void
}

/** Passes on what lies in packs that are as long as they must be. */
async function whatIsThere(
  put: IndexVisitor,
  listing: Promise<ReadonlyMap<ObjectId, number>>,
  lost: Losses,
): Promise<Sieve> {
  const sizes = await listing
  let name: ObjectId | undefined
  let size = 0
  let least = 0
  const finish = (): void => {
    if (name !== undefined && size < least && !lost.missing.has(name)) lost.cutOff.add(name)
    name = undefined
  }
  return {
    pack(id) {
      finish()
      name = objectIdFromBytes(id)
      size = sizes.get(name) ?? 0
      if (!sizes.has(name)) lost.missing.add(name)
      // What a pack still holds that is cut off goes with its header as soon as the indexes are made from the packs.
      if (lost.cutOff.has(name)) size = 0
      least = packBytesOf([])
      put.pack(id)
    },
    blob(type, id, offset, length, uncompressedLength) {
      least += length + entryBytes({ uncompressedLength })
      if (size > 0) put.blob(type, id, offset, length, uncompressedLength)
    },
    finish,
  }
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
