import { type BlobIndex, makeBlobIndex } from '../blob-index/blob-index.ts'
import type { LoadedIndex } from '../blob-index/load-index.ts'
import { type ObjectId, objectIdFromBytes, writeId } from '../ids.ts'
import { decodeIndex } from '../index/decode-index.ts'
import type { IndexedPack } from '../index/encode-index.ts'
import { listObjects, readUnpacked } from '../objects.ts'
import { encodePackHeader } from '../packs/pack-header.ts'
import type { Repository } from '../repository.ts'
import { checkPackSize } from './check-pack-size.ts'
import type { ProblemList } from './problem-list.ts'

export interface CheckedIndexes extends LoadedIndex {
  /**
   * By the numbers of the packs: SHA-256 of the header that the pack should have in the clear, which says all that an index
   * says; `undefined` where two indexes say different things.
   */
  readonly headers: readonly (string | undefined)[]
}

/**
 * Every index, against every other and against the packs that are there. One index is in memory at a time, and the table
 * of blobs.
 *
 * @param sizes of the packs that are there, in bytes
 */
export async function checkIndexes(
  repository: Repository,
  sizes: ReadonlyMap<ObjectId, number>,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<CheckedIndexes> {
  const blobs = makeBlobIndex()
  const packs: ObjectId[] = []
  const headers: (string | undefined)[] = []
  const numbers = new Map<ObjectId, number>()
  const repeated = new Set<ObjectId>()
  const mixed = new Set<ObjectId>()

  const takePack = async (pack: IndexedPack): Promise<void> => {
    const header = headerHashOf(pack, repository)
    const known = numbers.get(pack.id)
    const number = known ?? packs.push(pack.id) - 1
    putBlobs(blobs, pack, number)
    if (known === undefined) {
      numbers.set(pack.id, number)
      headers.push(header)
      if (new Set(pack.blobs.map(({ type }) => type)).size > 1) mixed.add(pack.id)
      await problems.attempt(`data/${pack.id}`, () => {
        checkPackSize(pack.blobs, sizes.get(pack.id))
      })
    } else if (headers[known] === header) {
      repeated.add(pack.id)
    } else if (headers[known] !== undefined) {
      headers[known] = undefined
      problems.add(`data/${pack.id}`, 'two indexes say different things of the pack')
    }
  }

  for await (const { id } of listObjects(repository, 'index', signal)) {
    const indexed = await problems.attempt(`index/${id}`, async () =>
      packsOf(await readUnpacked(repository, 'index', id, signal)),
    )
    for (const pack of indexed ?? []) {
      signal.throwIfAborted()
      await takePack(pack)
    }
  }
  hintAt(repeated, problems, 'are in more than one index, which say the same: one of them is enough')
  hintAt(mixed, problems, 'hold both files and folders, as old programs wrote them: a prune sorts them')
  const unindexed = new Set(sizes.keys().filter((id) => !numbers.has(id)))
  hintAt(unindexed, problems, 'are in no index: an interrupted backup left them, and a prune removes them')
  return { blobs, packs, headers }
}

function hintAt(packs: ReadonlySet<ObjectId>, problems: ProblemList, what: string): void {
  const [first] = packs
  if (first !== undefined) problems.hint(`packs ${what} (${packs.size} in all: ${first} …)`)
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

function headerHashOf(pack: IndexedPack, { primitives }: Repository): string {
  const hash = new Uint8Array(32)
  primitives.sha256(encodePackHeader(pack.blobs), hash)
  return objectIdFromBytes(hash)
}
