import { RedomaError } from '../../core/errors.ts'
import { idBytes } from '../ids.ts'

export type BlobType = 'data' | 'tree'

/** Where a blob lies. */
export interface BlobPlace {
  /** Number of the pack, as the caller counts packs. */
  readonly pack: number
  /** In bytes, of the sealed blob in its pack. */
  readonly offset: number
  readonly length: number
  /** In bytes; 0 when the blob is not compressed. */
  readonly uncompressedLength: number
}

/**
 * The blobs that a repository holds, or will hold when this run is over: a hash table that all threads share. A thread that
 * claims an id first stores the blob; everyone else counts it as stored.
 */
export interface BlobIndex {
  /** Hand this to another thread's `shareBlobIndex`. */
  readonly memory: SharedArrayBuffer
  /** Blobs known or claimed. */
  readonly size: number
  /**
   * True for exactly one caller per blob that was not known (two, in the moment the table grows, and then the blob is
   * stored twice, which the format allows).
   *
   * @param id 32 bytes
   */
  claim(type: BlobType, id: Uint8Array): boolean
  /** Whether the blob is stored, or claimed by someone who will store it. */
  has(type: BlobType, id: Uint8Array): boolean
  /** Says where a blob lies; the first place that was said stays. */
  put(type: BlobType, id: Uint8Array, place: BlobPlace): void
  /** `undefined` when it is not known, or only claimed. */
  find(type: BlobType, id: Uint8Array): BlobPlace | undefined
}

/*
 * Memory: a head of `headWords`, then segments, each twice the one before. A full segment stays where it is and a new one
 * begins, so nothing is ever moved under a reader. Slots are tried in turn from the one that the id names (ids are SHA-256,
 * so their first bits are as good as a hash). A slot is 12 words of 32 bits:
 *
 *   0       state: 0 free, 1 being claimed, 2 claimed, 3 + number of the pack; the highest bit is set for trees
 *   1 to 8  id
 *   9 to 11 offset, length, uncompressed length
 */
const headWords = 16
const segmentsWord = 0
const sizeWord = 1
const slotWords = 12
const firstSegmentSlots = 1 << 16
/** 2³¹ slots in all, far more than the address space reserved for them. */
const maxSegments = 15

const free = 0
const beingClaimed = 1
const claimed = 2
const firstPack = 3
const treeBit = 0x8000_0000 | 0
const stateMask = 0x7fff_ffff

/** Address space, not memory: pages are taken when they are first written to. Room for 50 million blobs. */
const reservedBytes = 4 * 1024 ** 3

export function makeBlobIndex(): BlobIndex {
  const memory = new SharedArrayBuffer(endOfSegment(0), { maxByteLength: reservedBytes })
  new Int32Array(memory, 0, headWords)[segmentsWord] = 1
  return shareBlobIndex(memory)
}

/** The same index, seen from another thread. */
export function shareBlobIndex(memory: SharedArrayBuffer): BlobIndex {
  const head = new Int32Array(memory, 0, headWords)
  const segments: Int32Array[] = []
  const wanted = new Int32Array(idBytes / 4)
  const wantedBytes = new Uint8Array(wanted.buffer)

  function currentSegments(): readonly Int32Array[] {
    for (let n = segments.length; n < Atomics.load(head, segmentsWord); n++)
      segments.push(segmentAt(memory, n))
    return segments
  }

  /** Segment and first word of the slot of the blob, or undefined. */
  function locate(typeBit: number, id: Uint8Array): { segment: Int32Array; at: number } | undefined {
    wantedBytes.set(id)
    for (const segment of currentSegments()) {
      const at = probe(segment, typeBit, wanted)
      if (!isFree(segment, at)) return { segment, at }
    }
    return undefined
  }

  function claim(typeBit: number, id: Uint8Array): { segment: Int32Array; at: number; mine: boolean } {
    const found = locate(typeBit, id)
    if (found !== undefined) return { ...found, mine: false }
    growWhenFull(memory, head)
    const segment = currentSegments().at(-1)
    if (segment === undefined) throw new RedomaError('INTERNAL', 'a blob index without segments')
    for (;;) {
      const at = probe(segment, typeBit, wanted)
      if (!isFree(segment, at)) return { segment, at, mine: false }
      if (Atomics.compareExchange(segment, at, free, beingClaimed | typeBit) !== free) continue
      segment.set(wanted, at + 1)
      Atomics.store(segment, at, claimed | typeBit)
      Atomics.add(head, sizeWord, 1)
      return { segment, at, mine: true }
    }
  }

  return {
    memory,
    get size() {
      return Atomics.load(head, sizeWord)
    },
    claim: (type, id) => claim(typeBitOf(type), id).mine,
    has: (type, id) => locate(typeBitOf(type), id) !== undefined,
    put(type, id, place) {
      const { segment, at } = claim(typeBitOf(type), id)
      if ((Atomics.load(segment, at) & stateMask) >= firstPack) return
      segment[at + 9] = place.offset
      segment[at + 10] = place.length
      segment[at + 11] = place.uncompressedLength
      Atomics.store(segment, at, (place.pack + firstPack) | typeBitOf(type))
    },
    find(type, id) {
      const found = locate(typeBitOf(type), id)
      if (found === undefined) return undefined
      const { segment, at } = found
      const state = Atomics.load(segment, at) & stateMask
      if (state < firstPack) return undefined
      const word = (index: number): number => (segment[at + index] ?? 0) >>> 0
      return { pack: state - firstPack, offset: word(9), length: word(10), uncompressedLength: word(11) }
    },
  }
}

function typeBitOf(type: BlobType): number {
  return type === 'tree' ? treeBit : 0
}

/** First word of the slot that holds the id, or of the free slot where the search for it ends. */
function probe(segment: Int32Array, typeBit: number, id: Int32Array): number {
  const slots = segment.length / slotWords
  let slot = ((id[0] ?? 0) >>> 0) & (slots - 1)
  for (;;) {
    const at = slot * slotWords
    const state = settledState(segment, at)
    if (state === free) return at
    if ((state & treeBit) === typeBit && holds(segment, at, id)) return at
    slot = (slot + 1) & (slots - 1)
  }
}

/** Waits for another thread to finish writing the id: a matter of nanoseconds. */
function settledState(segment: Int32Array, at: number): number {
  let state = Atomics.load(segment, at)
  while ((state & stateMask) === beingClaimed) state = Atomics.load(segment, at)
  return state
}

function holds(segment: Int32Array, at: number, id: Int32Array): boolean {
  for (let word = 0; word < id.length; word++) if (segment[at + 1 + word] !== id[word]) return false
  return true
}

function isFree(segment: Int32Array, at: number): boolean {
  return Atomics.load(segment, at) === free
}

/** At three quarters of all slots in use. Whoever sees it first begins the next segment. */
function growWhenFull(memory: SharedArrayBuffer, head: Int32Array): void {
  const count = Atomics.load(head, segmentsWord)
  if (Atomics.load(head, sizeWord) < slotsBefore(count) * 0.75) return
  if (count === maxSegments) throw new RedomaError('LIMIT_EXCEEDED', 'more blobs than the index has room for')
  growTo(memory, endOfSegment(count))
  Atomics.compareExchange(head, segmentsWord, count, count + 1)
}

function growTo(memory: SharedArrayBuffer, bytes: number): void {
  try {
    if (memory.byteLength < bytes) memory.grow(bytes)
  } catch (cause) {
    // Another thread was faster, or there is no room left.
    if (memory.byteLength < bytes) {
      throw new RedomaError('LIMIT_EXCEEDED', 'more blobs than the index has room for', { cause })
    }
  }
}

function segmentAt(memory: SharedArrayBuffer, index: number): Int32Array {
  const words = slotsOf(index) * slotWords
  return new Int32Array(memory, endOfSegment(index) - words * 4, words)
}

function slotsOf(segment: number): number {
  return firstSegmentSlots * 2 ** segment
}

/** Slots of all segments before `segment`. */
function slotsBefore(segment: number): number {
  return firstSegmentSlots * (2 ** segment - 1)
}

function endOfSegment(segment: number): number {
  return headWords * 4 + slotsBefore(segment + 1) * slotWords * 4
}
