import type { BlobPlace } from '../blob-index/blob-index.ts'
import type { LoadedIndex } from '../blob-index/load-index.ts'
import type { Metadata } from '../files/apply-metadata.ts'
import type { RawPath } from '../files/raw-path.ts'
import { type BlobId, idToBytes, type ObjectId } from '../ids.ts'
import { contentLengthOf, type PackedBlob } from '../packs/packed-blob.ts'
import type { TreeNode } from '../trees/node.ts'

/** A file to restore. */
export interface PlannedFile {
  readonly number: number
  readonly path: RawPath
  readonly metadata: Metadata
  readonly size: number
  readonly chunks: readonly { readonly id: BlobId; readonly length: number }[]
  /** Places in it that are not written yet. */
  pending: number
  /** It is under its own name only when it is `done`. */
  state: 'planned' | 'begun' | 'done' | 'failed'
}

/** A blob that is needed, and where. */
export interface NeededBlob {
  readonly blob: PackedBlob
  readonly place: BlobPlace
  readonly writes: { readonly file: PlannedFile; readonly position: number }[]
}

/** What is needed of each pack: so each is read once, however many files share it. */
export interface FilePlan {
  readonly files: PlannedFile[]
  readonly packs: Map<ObjectId, Map<BlobId, NeededBlob>>
  /** `undefined` when its content is not in the repository. */
  add(path: RawPath, node: TreeNode): PlannedFile | undefined
}

export function makeFilePlan(index: LoadedIndex): FilePlan {
  const files: PlannedFile[] = []
  const packs = new Map<ObjectId, Map<BlobId, NeededBlob>>()

  function find(id: BlobId): NeededBlob | undefined {
    const place = index.blobs.find('data', idToBytes(id))
    const pack = place === undefined ? undefined : index.packs[place.pack]
    if (place === undefined || pack === undefined) return undefined
    const inPack = packs.get(pack) ?? new Map<BlobId, NeededBlob>()
    packs.set(pack, inPack)
    const { offset, length, uncompressedLength } = place
    const needed = inPack.get(id) ?? {
      blob: { id, type: 'data', offset, length, uncompressedLength },
      place,
      writes: [],
    }
    inPack.set(id, needed)
    return needed
  }

  return {
    files,
    packs,
    add(path, node) {
      const blobs = node.content?.map(find)
      if (blobs?.every((blob) => blob !== undefined) !== true) return undefined
      const chunks = blobs.map(({ blob }) => ({ id: blob.id, length: contentLengthOf(blob) }))
      const size = chunks.reduce((sum, { length }) => sum + length, 0)
      const file: PlannedFile = {
        number: files.length,
        path,
        metadata: metadataOf(node),
        size,
        chunks,
        pending: chunks.length,
        state: 'planned',
      }
      files.push(file)
      let position = 0
      for (const [at, blob] of blobs.entries()) {
        blob.writes.push({ file, position })
        position += chunks[at]?.length ?? 0
      }
      return file
    },
  }
}

export function metadataOf(node: TreeNode): Metadata {
  const { type, mode, uid, gid, mtimeNs, atimeNs, extendedAttributes } = node
  return { type, mode, uid, gid, mtimeNs, atimeNs, extendedAttributes }
}
