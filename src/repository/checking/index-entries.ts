import { blobIdFromBytes, idBytes } from '../ids.ts'
import { compressedEntryBytes, writeEntryStart } from '../packs/pack-header.ts'
import type { BlobType, PackedBlob } from '../packs/packed-blob.ts'
import { packBytesOf } from '../packs/read-pack-header.ts'

/** What an index says of one pack, one pack after the other. */
export interface IndexEntries {
  /** Whether there are both files and folders. */
  readonly isMixed: boolean
  clear(): void
  add(type: BlobType, id: Uint8Array, offset: number, length: number, uncompressedLength: number): void
  /** The id of each is in `ids` at `idAt`. */
  each(
    visit: (
      type: BlobType,
      ids: Uint8Array,
      idAt: number,
      offset: number,
      length: number,
      uncompressedLength: number,
    ) => void,
  ): void
  /** The header that the pack should have in the clear; good until the next call. */
  header(): Uint8Array
  /** Where blobs do not follow on each other. */
  gap(): string | undefined
  /** How long the pack should be. */
  packBytes(): number
}

interface Entry extends Pick<PackedBlob, 'type' | 'offset' | 'length' | 'uncompressedLength'> {
  /** Where its id is in the memory for ids. */
  readonly idAt: number
}

export function makeIndexEntries(): IndexEntries {
  let entries: Entry[] = []
  let ids = new Uint8Array(0)
  let headerMemory = new Uint8Array(0)
  let isMixed = false
  let isInOrder = true

  /** By their offsets: restic writes them in no order. */
  function inOrder(): readonly Entry[] {
    if (!isInOrder) entries.sort((a, b) => a.offset - b.offset)
    isInOrder = true
    return entries
  }

  return {
    get isMixed() {
      return isMixed
    },
    clear() {
      entries = []
      isMixed = false
      isInOrder = true
    },
    add(type, id, offset, length, uncompressedLength) {
      const last = entries.at(-1)
      isMixed ||= last !== undefined && last.type !== type
      isInOrder &&= last === undefined || last.offset <= offset
      const idAt = entries.length * idBytes
      ids = withRoom(ids, idAt + idBytes)
      ids.set(id, idAt)
      entries.push({ type, offset, length, uncompressedLength, idAt })
    },
    each(visit) {
      for (const { type, idAt, offset, length, uncompressedLength } of entries)
        visit(type, ids, idAt, offset, length, uncompressedLength)
    },
    header() {
      headerMemory = withRoom(headerMemory, entries.length * compressedEntryBytes)
      let end = 0
      for (const { type, length, uncompressedLength, idAt } of inOrder()) {
        const at = writeEntryStart(headerMemory, end, type, length, uncompressedLength)
        headerMemory.set(ids.subarray(idAt, idAt + idBytes), at)
        end = at + idBytes
      }
      return headerMemory.subarray(0, end)
    },
    gap() {
      let end = 0
      for (const { offset, length, idAt } of inOrder()) {
        if (offset !== end)
          return `the pack has a gap before the blob ${blobIdFromBytes(ids, idAt)}, says the index`
        end += length
      }
      return undefined
    },
    packBytes: () => packBytesOf(entries),
  }
}

function withRoom(memory: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  if (memory.length >= length) return memory
  const grown = new Uint8Array(Math.max(length, 2 * memory.length))
  grown.set(memory)
  return grown
}
