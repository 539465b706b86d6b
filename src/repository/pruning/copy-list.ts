import type { BlobPlace } from '../blob-index/blob-index.ts'

/** Further copies of blobs that the index has one place of: a growing list of 20 bytes each, as a repository may hold millions. */
export interface CopyList {
  readonly length: number
  add(blob: number, place: BlobPlace): void
  /** Number of the blob that the copy `at` is of. */
  blobOf(at: number): number
  placeOf(at: number): BlobPlace
}

const words = 5
const firstCopies = 1024

export function makeCopyList(): CopyList {
  let memory = new Uint32Array(firstCopies * words)
  let length = 0
  const word = (at: number, index: number): number => memory[at * words + index] ?? 0
  return {
    get length() {
      return length
    },
    add(blob, { pack, offset, length: bytes, uncompressedLength }) {
      if ((length + 1) * words > memory.length) {
        const grown = new Uint32Array(2 * memory.length)
        grown.set(memory)
        memory = grown
      }
      memory.set([blob, pack, offset, bytes, uncompressedLength], length * words)
      length++
    },
    blobOf: (at) => word(at, 0),
    placeOf: (at) => ({
      pack: word(at, 1),
      offset: word(at, 2),
      length: word(at, 3),
      uncompressedLength: word(at, 4),
    }),
  }
}
