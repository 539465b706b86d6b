import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { BlobPlace } from '../blob-index/blob-index.ts'
import { type BlobCopy, findCopies } from '../blob-index/find-copies.ts'
import type { LoadedIndex } from '../blob-index/load-index.ts'
import { type BlobId, idToBytes, type ObjectId } from '../ids.ts'
import { isTooLong, isUnreadable, readObject } from '../objects.ts'
import { openBlob } from '../packs/open-blob.ts'
import type { Repository } from '../repository.ts'

/** Packs of trees that are kept in memory: trees of one snapshot lie close together, and one range a tree would be slow. */
const packsKept = 3

/** Reads trees by their ids. */
export type ReadTree = (id: BlobId, signal: AbortSignal) => Promise<Uint8Array>

/** What turned out when trees were read. */
export interface OnTrees {
  /** A tree was to be in this pack and could not be read there, be it that another had it. */
  unreadable(pack: ObjectId): void
  /** This copy is whole, and the one that the index has is not. */
  elsewhere(copy: BlobCopy): void
}

/**
 * The promise is broken with RedomaError `REPOSITORY_DAMAGED` when the tree is not there, or not whole. Of one that lies in
 * several packs every copy is tried.
 */
export function makeReadTree(repository: Repository, index: LoadedIndex, on?: OnTrees): ReadTree {
  const kept = new Map<ObjectId, Promise<Uint8Array>>()
  const readTwice = new Set<ObjectId>()
  /** Not tried again: to find out costs as much as the longest pack. */
  const tooLong = new Set<ObjectId>()

  function wholePack(pack: ObjectId, signal: AbortSignal): Promise<Uint8Array> {
    const bytes = kept.get(pack) ?? readObject(repository, 'data', pack, undefined, signal)
    kept.delete(pack)
    kept.set(pack, bytes)
    const oldest = kept.keys().next().value
    if (kept.size > packsKept && oldest !== undefined) kept.delete(oldest)
    return bytes
  }

  async function storedBytes(
    pack: ObjectId,
    place: Omit<BlobPlace, 'pack'>,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    if (tooLong.has(pack)) return readObject(repository, 'data', pack, place, signal)
    const bytes = await wholePack(pack, signal).catch((error: unknown) => {
      if (isTooLong(error)) tooLong.add(pack)
      else if (!isUnreadable(error)) throw error
    })
    // A bad sector is in one place of a pack, and this tree may be in another; and what a pack grew by lies behind its blobs.
    if (bytes === undefined) return readObject(repository, 'data', pack, place, signal)
    if (place.offset + place.length > bytes.length) throw damaged(`the pack ${pack} is cut off`)
    return bytes.subarray(place.offset, place.offset + place.length)
  }

  async function readAt(
    id: BlobId,
    pack: ObjectId,
    place: Omit<BlobPlace, 'pack'>,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    try {
      return openTree(id, pack, place, await storedBytes(pack, place, signal))
    } catch (error) {
      doubt(pack)
      if (isRedomaError(error, 'REPOSITORY_DAMAGED')) on?.unreadable(pack)
      throw error
    }
  }

  function openTree(
    id: BlobId,
    pack: ObjectId,
    place: Omit<BlobPlace, 'pack'>,
    stored: Uint8Array,
  ): Uint8Array {
    try {
      return openBlob({ id, type: 'tree', ...place }, stored, repository.envelope, repository.primitives)
    } catch (cause) {
      if (!isRedomaError(cause)) throw cause
      throw damaged(`the tree ${id} in the pack ${pack} is damaged`, cause)
    }
  }

  /**
   * It may have been the reading that went wrong, and `repairSnapshots` gives up for good what cannot be read: whoever asks next
   * reads the pack anew. Once, or a pack that is really cut off would be read for each of its trees.
   */
  function doubt(pack: ObjectId): void {
    if (!readTwice.has(pack)) kept.delete(pack)
    readTwice.add(pack)
  }

  /** In all copies that the repository holds, the one that failed among them. */
  async function readElsewhere(id: BlobId, failure: RedomaError, signal: AbortSignal): Promise<Uint8Array> {
    const copies = await findCopies(repository, 'tree', new Set([id]), signal)
    for (const { pack, blob } of copies.get(id) ?? []) {
      try {
        const tree = await readAt(id, pack, blob, signal)
        on?.elsewhere({ pack, blob })
        return tree
      } catch (error) {
        if (!isRedomaError(error, 'REPOSITORY_DAMAGED')) throw error
      }
    }
    throw failure
  }

  return async (id, signal) => {
    const place = index.blobs.find('tree', idToBytes(id))
    const pack = place === undefined ? undefined : index.packs[place.pack]
    if (place === undefined || pack === undefined) throw damaged(`the tree ${id} is missing`)
    try {
      return await readAt(id, pack, place, signal)
    } catch (error) {
      if (!isRedomaError(error, 'REPOSITORY_DAMAGED')) throw error
      return readElsewhere(id, error, signal)
    }
  }
}

function damaged(what: string, cause?: unknown): RedomaError {
  return new RedomaError('REPOSITORY_DAMAGED', what, { cause })
}
