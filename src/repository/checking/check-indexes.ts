import { type BlobIndex, makeBlobIndex } from '../blob-index/blob-index.ts'
import type { LoadedIndex } from '../blob-index/load-index.ts'
import { type ObjectId, objectIdFromBytes, writeId } from '../ids.ts'
import { decodeIndex } from '../index/decode-index.ts'
import type { IndexedPack } from '../index/encode-index.ts'
import { listObjects, readObject, readUnpacked } from '../objects.ts'
import { encodePackHeader } from '../packs/pack-header.ts'
import type { OnRepositoryEvent, Repository } from '../repository.ts'
import { checkPackContent, checkPackSize } from './check-pack.ts'
import type { ProblemList } from './problem-list.ts'

export interface CheckedIndexes extends LoadedIndex {
  readonly unindexedPacks: number
  readonly bytesRead: number
}

/**
 * Every index, and every pack that one names; with `readData` all that is in them. One index is in memory at a time, one
 * pack, and the table of blobs.
 */
export async function checkIndexes(
  repository: Repository,
  readData: boolean,
  problems: ProblemList,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<CheckedIndexes> {
  const sizes = new Map<ObjectId, number>()
  for await (const { id, size } of listObjects(repository, 'data', signal)) sizes.set(id, size)
  const totalBytes = readData ? sizes.values().reduce((sum, size) => sum + size, 0) : undefined
  const blobs = makeBlobIndex()
  const packs: ObjectId[] = []
  const contents = new Map<ObjectId, string>()
  let bytesRead = 0

  const checkPack = async (pack: IndexedPack): Promise<void> => {
    const object = `data/${pack.id}`
    const content = digestOf(pack, repository)
    const known = contents.get(pack.id)
    if (known !== undefined) {
      if (known !== content) problems.add(object, 'two indexes say different things of the pack')
      return
    }
    contents.set(pack.id, content)
    putBlobs(blobs, pack, packs.push(pack.id) - 1)
    await problems.attempt(object, () => {
      checkPackSize(pack.blobs, sizes.get(pack.id))
    })
    if (readData && sizes.has(pack.id)) {
      const bytes = await problems.attempt(object, () =>
        readObject(repository, 'data', pack.id, undefined, signal),
      )
      if (bytes === undefined) return
      await checkPackContent(repository, { ...pack, bytes }, problems)
      bytesRead += bytes.length
    }
    onEvent({ kind: 'progress', files: packs.length, totalFiles: sizes.size, bytes: bytesRead, totalBytes })
  }

  for await (const { id } of listObjects(repository, 'index', signal)) {
    const indexed = await problems.attempt(`index/${id}`, async () =>
      packsOf(await readUnpacked(repository, 'index', id, signal)),
    )
    for (const pack of indexed ?? []) {
      signal.throwIfAborted()
      await checkPack(pack)
    }
  }
  const unindexedPacks = sizes.keys().reduce((count, id) => count + (contents.has(id) ? 0 : 1), 0)
  return { blobs, packs, unindexedPacks, bytesRead }
}

/** In the order of their offsets: restic writes them in none. */
function packsOf(json: Uint8Array): IndexedPack[] {
  const packs: IndexedPack[] = []
  decodeIndex(json, (id, blobs) => {
    packs.push({ id, blobs: blobs.toSorted((a, b) => a.offset - b.offset) })
  })
  return packs
}

function putBlobs(index: BlobIndex, pack: IndexedPack, number: number): void {
  const id = new Uint8Array(32)
  for (const { type, offset, length, uncompressedLength, ...blob } of pack.blobs) {
    writeId(blob.id, id)
    index.put(type, id, { pack: number, offset, length, uncompressedLength })
  }
}

function digestOf(pack: IndexedPack, { primitives }: Repository): string {
  const hash = new Uint8Array(32)
  primitives.sha256(encodePackHeader(pack.blobs), hash)
  return objectIdFromBytes(hash).slice(0, 16)
}
