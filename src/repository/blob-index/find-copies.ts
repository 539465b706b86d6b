import type { BlobId, ObjectId } from '../ids.ts'
import { decodeIndex } from '../index/decode-index.ts'
import { listObjects, readUnpacked } from '../objects.ts'
import type { BlobType, PackedBlob } from '../packs/packed-blob.ts'
import type { Repository } from '../repository.ts'

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
  const copies = new Map<BlobId, BlobCopy[]>()
  for await (const { id } of listObjects(repository, 'index', signal)) {
    decodeIndex(await readUnpacked(repository, 'index', id, signal), (pack, blobs) => {
      for (const blob of blobs) {
        if (blob.type !== type || !ids.has(blob.id)) continue
        copies.set(blob.id, [...(copies.get(blob.id) ?? []), { pack, blob }])
      }
    })
  }
  return copies
}
