import { type BlobId, blobIdFromBytes, idBytes, idToBytes, type ObjectId, objectIdFromBytes } from '../ids.ts'
import { readIndex } from '../index/read-index.ts'
import { listObjects, readUnpacked } from '../objects.ts'
import type { BlobType, PackedBlob } from '../packs/packed-blob.ts'
import type { Repository } from '../repository.ts'
import { makeBlobIndex } from './blob-index.ts'

/** A blob, and the pack that it lies in. */
export interface BlobCopy {
  readonly pack: ObjectId
  readonly blob: PackedBlob
}

/**
 * Every place where a repository holds some blobs. A blob may lie in several packs, and the index in memory keeps one of
 * them: the others are worth a second reading of all indexes only when that one is damaged.
 */
export async function findCopies(
  repository: Repository,
  type: BlobType,
  ids: ReadonlySet<BlobId>,
  signal: AbortSignal,
): Promise<ReadonlyMap<BlobId, readonly BlobCopy[]>> {
  const wanted = makeBlobIndex()
  for (const id of ids) wanted.claim(type, idToBytes(id))
  const copies = new Map<BlobId, BlobCopy[]>()
  const pack = new Uint8Array(idBytes)
  for await (const { id } of listObjects(repository, 'index', signal)) {
    readIndex(await readUnpacked(repository, 'index', id, signal), {
      pack: (packId) => {
        pack.set(packId)
      },
      blob: (blobType, bytes, offset, length, uncompressedLength) => {
        if (blobType !== type || !wanted.has(type, bytes)) return
        const blob = { id: blobIdFromBytes(bytes), type, offset, length, uncompressedLength }
        copies.set(blob.id, [...(copies.get(blob.id) ?? []), { pack: objectIdFromBytes(pack), blob }])
      },
    })
  }
  return copies
}
