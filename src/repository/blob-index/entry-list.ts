import { idBytes } from '../ids.ts'
import type { BlobType } from '../packs/packed-blob.ts'
import type { BlobEntry, BlobPlace } from './blob-entry.ts'
import { growableMemory, growTo, tooManyBlobs } from './shared-memory.ts'

/**
 * What is known of each blob, one after the other in shared memory, by number. An entry is 12 words of 32 bits:
 *
 *   0       state: 0 void, 1 claimed, 2 + number of the pack; the highest bit is set for trees
 *   1 to 8  id
 *   9 to 11 offset, length, uncompressed length
 */
export interface EntryList {
  readonly memory: SharedArrayBuffer
  /** Numbers given out so far. */
  readonly count: number
  /** The number of a new entry, which nobody else knows yet. `id` is 8 words. */
  add(type: BlobType, id: Int32Array): number
  /** Takes back a number that nobody else came to know, for the next `add` of this thread. */
  giveBack(number: number): void
  isOf(number: number, type: BlobType, id: Int32Array): boolean
  /** The first place that was said stays. */
  setPlace(number: number, place: BlobPlace): void
  placeOf(number: number): BlobPlace | undefined
  /** `undefined` for a number that was given back. */
  entryAt(number: number): BlobEntry | undefined
}

const entryWords = 12
/** The least significant bits of a slot of the table hold a number and one. */
export const maxEntries = 2 ** 27 - 1

const idAt = 1
const offsetAt = 9
const lengthAt = 10
const uncompressedLengthAt = 11

const claimed = 1
const firstPack = 2
const treeBit = 0x8000_0000 | 0
const stateMask = 0x7fff_ffff

/** Views that follow the length of growing memory are slow: it is seen in blocks of fixed length. */
const blockBits = 16
const blockEntries = 1 << blockBits
const blockBytes = blockEntries * entryWords * 4
const headBytes = 64

export function makeEntryMemory(): SharedArrayBuffer {
  return growableMemory(headBytes, headBytes + Math.ceil(maxEntries / blockEntries) * blockBytes)
}

export function shareEntryList(memory: SharedArrayBuffer): EntryList {
  const counter = new Int32Array(memory, 0, 1)
  const blocks: Int32Array[] = []
  let spare: number | undefined

  function blockOf(number: number): Int32Array {
    return blocks[number >>> blockBits] ?? viewBlock(number >>> blockBits)
  }

  function viewBlock(n: number): Int32Array {
    growTo(memory, headBytes + (n + 1) * blockBytes)
    const block = new Int32Array(memory, headBytes + n * blockBytes, blockEntries * entryWords)
    blocks[n] = block
    return block
  }

  function nextNumber(): number {
    const number = spare ?? Atomics.add(counter, 0, 1)
    spare = undefined
    if (number >= maxEntries) throw tooManyBlobs()
    return number
  }

  function placeOf(number: number): BlobPlace | undefined {
    const block = blockOf(number)
    const at = firstWordOf(number)
    const state = Atomics.load(block, at) & stateMask
    if (state < firstPack) return undefined
    const word = (index: number): number => (block[at + index] ?? 0) >>> 0
    return {
      pack: state - firstPack,
      offset: word(offsetAt),
      length: word(lengthAt),
      uncompressedLength: word(uncompressedLengthAt),
    }
  }

  return {
    memory,
    get count() {
      return Math.min(Atomics.load(counter, 0), maxEntries)
    },
    add(type, id) {
      const number = nextNumber()
      const block = blockOf(number)
      const at = firstWordOf(number)
      block[at] = claimed | bitOf(type)
      block.set(id, at + idAt)
      return number
    },
    giveBack(number) {
      blockOf(number)[firstWordOf(number)] = 0
      spare = number
    },
    isOf(number, type, id) {
      const block = blockOf(number)
      const at = firstWordOf(number)
      for (let word = 0; word < id.length; word++) if (block[at + idAt + word] !== id[word]) return false
      return ((block[at] ?? 0) & treeBit) === bitOf(type)
    },
    setPlace(number, place) {
      const block = blockOf(number)
      const at = firstWordOf(number)
      if ((Atomics.load(block, at) & stateMask) >= firstPack) return
      block[at + offsetAt] = place.offset
      block[at + lengthAt] = place.length
      block[at + uncompressedLengthAt] = place.uncompressedLength
      Atomics.store(block, at, (place.pack + firstPack) | ((block[at] ?? 0) & treeBit))
    },
    placeOf,
    entryAt(number) {
      const block = blockOf(number)
      const at = firstWordOf(number)
      const state = Atomics.load(block, at)
      if (state === 0) return undefined
      return {
        type: (state & treeBit) === 0 ? 'data' : 'tree',
        id: idIn(block, at + idAt),
        place: placeOf(number),
      }
    },
  }
}

function firstWordOf(number: number): number {
  return (number & (blockEntries - 1)) * entryWords
}

function bitOf(type: BlobType): number {
  return type === 'tree' ? treeBit : 0
}

function idIn(block: Int32Array, at: number): Uint8Array {
  const id = new Uint8Array(idBytes)
  new Int32Array(id.buffer).set(block.subarray(at, at + idBytes / 4))
  return id
}
