import { type BlobIndex, makeBlobIndex } from '../blob-index/blob-index.ts'
import type { LoadedIndex } from '../blob-index/load-index.ts'
import { type ObjectId, objectIdFromBytes } from '../ids.ts'
import { readIndex } from '../index/read-index.ts'
import { listObjects, readUnpacked } from '../objects.ts'
import type { Repository } from '../repository.ts'
import { hintAt } from './hint-at.ts'
import { type IndexEntries, makeIndexEntries } from './index-entries.ts'
import type { ProblemList } from './problem-list.ts'

export interface CheckedIndexes extends LoadedIndex {
  /**
   * By the numbers of the packs: SHA-256 of the header that the pack should have in the clear, which says all that an index
   * says; `undefined` where two indexes say different things.
   */
  readonly headers: readonly (string | undefined)[]
  /** By the numbers of the packs: how long each should be, in bytes; `undefined` where an index leaves a gap in it. */
  readonly lengths: readonly (number | undefined)[]
}

/**
 * Every index, against every other. One index is in memory at a time, and the table of blobs.
 */
export async function checkIndexes(
  repository: Repository,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<CheckedIndexes> {
  const blobs = makeBlobIndex()
  const packs: ObjectId[] = []
  const headers: (string | undefined)[] = []
  const lengths: (number | undefined)[] = []
  const numbers = new Map<ObjectId, number>()
  const repeated = new Set<ObjectId>()
  const mixed = new Set<ObjectId>()

  const takePack = (id: ObjectId, entries: IndexEntries): void => {
    const header = headerHashOf(entries, repository)
    const known = numbers.get(id)
    putBlobs(blobs, entries, known ?? packs.length)
    if (known === undefined) {
      numbers.set(id, packs.push(id) - 1)
      headers.push(header)
      if (entries.isMixed) mixed.add(id)
      const gap = entries.gap()
      if (gap !== undefined) problems.add(`data/${id}`, gap)
      lengths.push(gap === undefined ? entries.packBytes() : undefined)
    } else if (headers[known] === header) {
      repeated.add(id)
    } else if (headers[known] !== undefined) {
      headers[known] = undefined
      problems.add(`data/${id}`, 'two indexes say different things of the pack')
    }
  }

  for await (const { id } of listObjects(repository, 'index', signal)) {
    await problems.attempt(`index/${id}`, async () => {
      eachPack(await readUnpacked(repository, 'index', id, signal), takePack)
    })
  }
  hintAt(repeated, problems, 'are in more than one index, which say the same: one of them is enough')
  hintAt(mixed, problems, 'hold both files and folders, as old programs wrote them: a prune sorts them')
  return { blobs, packs, headers, lengths }
}

function eachPack(json: Uint8Array, visit: (pack: ObjectId, entries: IndexEntries) => void): void {
  const entries = makeIndexEntries()
  let pack: ObjectId | undefined
  const finish = (): void => {
    if (pack !== undefined) visit(pack, entries)
    entries.clear()
  }
  readIndex(json, {
    pack(id) {
      finish()
      pack = objectIdFromBytes(id)
    },
    blob: (...blob) => {
      entries.add(...blob)
    },
  })
  finish()
}

function putBlobs(index: BlobIndex, entries: IndexEntries, pack: number): void {
  entries.each((type, ids, idAt, offset, length, uncompressedLength) => {
    index.put(type, ids, { pack, offset, length, uncompressedLength }, idAt)
  })
}

function headerHashOf(entries: IndexEntries, { primitives }: Repository): string {
  const hash = new Uint8Array(32)
  primitives.sha256(entries.header(), hash)
  return objectIdFromBytes(hash)
}
