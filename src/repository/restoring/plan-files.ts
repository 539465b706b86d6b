import type { BlobPlace } from '../blob-index/blob-index.ts'
import type { LoadedIndex } from '../blob-index/load-index.ts'
import type { Metadata } from '../files/apply-metadata.ts'
import type { RawPath } from '../files/raw-path.ts'
import { type BlobId, idToBytes, type ObjectId } from '../ids.ts'
import { contentLengthOf, type PackedBlob } from '../packs/packed-blob.ts'
import type { TreeNode } from '../trees/node.ts'

/** A file to restore. */
export interface PlannedFile {
  /** Of those that are planned together. */
  readonly number: number
  readonly path: RawPath
  readonly metadata: Metadata
  readonly size: number
  /** Emptied when it is written. */
  chunks: readonly { readonly id: BlobId; readonly length: number }[]
  /** Places in it that are not written yet. */
  pending: number
  /** It is under its own name only when it is `done`; `left` is what is there as it is, by the operator's word. */
  state: 'planned' | 'begun' | 'done' | 'left' | 'failed'
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
  /** `undefined` when its content is not in the repository. Nothing of it is needed yet. */
  add(path: RawPath, node: TreeNode): PlannedFile | undefined
  /** All chunks of the file are to be fetched, but for those of these numbers. */
  need(file: PlannedFile, present?: ReadonlySet<number>): void
}

export function makeFilePlan(index: LoadedIndex): FilePlan {
  const files: PlannedFile[] = []
  const packs = new Map<ObjectId, Map<BlobId, NeededBlob>>()

  function find(id: BlobId): { readonly place: BlobPlace; readonly pack: ObjectId } | undefined {
    const place = index.blobs.find('data', idToBytes(id))
    const pack = place === undefined ? undefined : index.packs[place.pack]
    return place === undefined || pack === undefined ? undefined : { place, pack }
  }

  function needed(id: BlobId): NeededBlob | undefined {
    const found = find(id)
    if (found === undefined) return undefined
    const inPack = packs.get(found.pack) ?? new Map<BlobId, NeededBlob>()
    packs.set(found.pack, inPack)
    const known = inPack.get(id)
    if (known !== undefined) return known
    const first: NeededBlob = { blob: packedBlob(id, found.place), place: found.place, writes: [] }
    inPack.set(id, first)
    return first
  }

  return {
    files,
    packs,
    add(path, node) {
      const found = node.content?.map((id) => ({ id, place: find(id)?.place }))
      if (found === undefined) return undefined
      const chunks = found.flatMap(({ id, place }) =>
        place === undefined ? [] : [{ id, length: contentLengthOf(packedBlob(id, place)) }],
      )
      if (chunks.length < found.length) return undefined
      const file: PlannedFile = {
        number: files.length,
        path,
        metadata: metadataOf(node),
        size: chunks.reduce((sum, { length }) => sum + length, 0),
        chunks,
        pending: 0,
        state: 'planned',
      }
      files.push(file)
      return file
    },
    need(file, present) {
      let position = 0
      for (const [number, { id, length }] of file.chunks.entries()) {
        if (present?.has(number) !== true) {
          needed(id)?.writes.push({ file, position })
          file.pending++
        }
        position += length
      }
    },
  }
}

function packedBlob(id: BlobId, { offset, length, uncompressedLength }: BlobPlace): PackedBlob {
  return { id, type: 'data', offset, length, uncompressedLength }
}

export function metadataOf(node: TreeNode): Metadata {
  const { type, mode, uid, gid, mtimeNs, atimeNs, extendedAttributes } = node
  return { type, mode, uid, gid, mtimeNs, atimeNs, extendedAttributes }
}
