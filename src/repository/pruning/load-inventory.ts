import { type BlobIndex, makeBlobIndex } from '../blob-index/blob-index.ts'
import type { LoadedIndex } from '../blob-index/load-index.ts'
import { type ObjectId, writeId } from '../ids.ts'
import { readIndexFiles } from '../index/read-index-files.ts'
import { listObjects } from '../objects.ts'
import type { PackedBlob } from '../packs/packed-blob.ts'
import type { Repository } from '../repository.ts'
import { type CopyList, makeCopyList } from './copy-list.ts'

/** All that the indexes say, every copy of a blob included. The places in `blobs` are those of one copy of each. */
export interface Inventory extends LoadedIndex {
  /** All other copies; one of a pack that is listed more than once may be there more than once. */
  readonly copies: CopyList
  readonly indexes: readonly IndexFile[]
  /** Numbers of packs that are listed more than once, be it with the same blobs or with others. */
  readonly relisted: ReadonlySet<number>
}

export interface IndexFile {
  readonly id: ObjectId
  readonly blobs: number
  /** By their numbers. */
  readonly packs: readonly number[]
}

/** @throws RedomaError `REPOSITORY_DAMAGED`, and those of the destination */
export async function loadInventory(repository: Repository, signal: AbortSignal): Promise<Inventory> {
  const blobs = makeBlobIndex()
  const copies = makeCopyList()
  const packs: ObjectId[] = []
  const numbers = new Map<ObjectId, number>()
  const relisted = new Set<number>()
  const indexes: IndexFile[] = []
  const files = await Array.fromAsync(listObjects(repository, 'index', signal))
  for await (const index of readIndexFiles(
    repository,
    files.map((file) => file.id),
    signal,
  )) {
    const listed: number[] = []
    for (const pack of index.packs) {
      const known = numbers.get(pack.id)
      const number = known ?? packs.push(pack.id) - 1
      if (known === undefined) numbers.set(pack.id, number)
      else relisted.add(known)
      listed.push(number)
      addBlobs(blobs, copies, number, pack.blobs)
    }
    const blobCount = index.packs.reduce((sum, pack) => sum + pack.blobs.length, 0)
    indexes.push({ id: index.id, blobs: blobCount, packs: listed })
  }
  return { blobs, copies, packs, indexes, relisted }
}

const id = new Uint8Array(32)

function addBlobs(blobs: BlobIndex, copies: CopyList, pack: number, packed: readonly PackedBlob[]): void {
  for (const { type, offset, length, uncompressedLength, id: blobId } of packed) {
    const place = { pack, offset, length, uncompressedLength }
    writeId(blobId, id)
    const first = blobs.find(type, id)
    const number = blobs.numberOf(type, id)
    if (first === undefined || number === undefined) blobs.put(type, id, place)
    else if (first.pack !== pack || first.offset !== offset) copies.add(number, place)
  }
}
