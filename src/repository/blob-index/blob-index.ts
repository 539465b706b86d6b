import { idBytes } from '../ids.ts'
import type { BlobType } from '../packs/packed-blob.ts'
import type { BlobEntry, BlobPlace } from './blob-entry.ts'
import { type EntryList, makeEntryMemory, shareEntryList } from './entry-list.ts'
import { makeSlotMemory, shareSlotTable } from './slot-table.ts'

export type { BlobPlace } from './blob-entry.ts'

/**
 * The blobs that a repository holds, or will hold when this run is over: a hash table that all threads share, of 48 bytes a
 * blob and 5 to 11 for its slots. A thread that claims an id first stores the blob; everyone else counts it as stored.
 *
 * Each blob has a number, from 0 up in the order they came, by which a caller may keep more about it in an array of its own.
 *
 * An id is 32 bytes, at `offset` (else 0) of what is handed over.
 */
export interface BlobIndex {
  /** Hand this to another thread's `shareBlobIndex`. */
  readonly memory: BlobIndexMemory
  /** Blobs known or claimed. */
  readonly size: number
  /**
   * All numbers are below it. Where threads raced for an id, a number may belong to no blob: there can be a few more numbers
   * than blobs, never more than one for each thread.
   */
  readonly count: number
  /**
   * True for exactly one caller per blob that was not known (two, in the moment the table grows, and then the blob is
   * stored twice, which the format allows).
   */
  claim(type: BlobType, id: Uint8Array, offset?: number): boolean
  /** Whether the blob is stored, or claimed by someone who will store it. */
  has(type: BlobType, id: Uint8Array, offset?: number): boolean
  /** Says where a blob lies; the first place that was said stays. */
  put(type: BlobType, id: Uint8Array, place: BlobPlace, offset?: number): void
  /** `undefined` when it is not known, or only claimed. */
  find(type: BlobType, id: Uint8Array, offset?: number): BlobPlace | undefined
  /** `undefined` when it is not known. */
  numberOf(type: BlobType, id: Uint8Array, offset?: number): number | undefined
  /** `undefined` for a number below `count` that belongs to no blob. Not to be called while others claim. */
  entryAt(number: number): BlobEntry | undefined
}

export interface BlobIndexMemory {
  readonly entries: SharedArrayBuffer
  readonly slots: SharedArrayBuffer
}

/** @param expected how many blobs there will be, as far as that is known */
export function makeBlobIndex(expected = 0): BlobIndex {
  return shareBlobIndex({ entries: makeEntryMemory(), slots: makeSlotMemory(expected) })
}

/** The same index, seen from another thread. */
export function shareBlobIndex(memory: BlobIndexMemory): BlobIndex {
  const entries = shareEntryList(memory.entries)
  const slots = shareSlotTable(memory.slots)
  const wanted = new Int32Array(idBytes / 4)
  const wantedBytes = new Uint8Array(wanted.buffer)

  function want(id: Uint8Array, offset: number): void {
    // Byte by byte: a view of a part costs more than the whole search.
    for (let n = 0; n < idBytes; n++) wantedBytes[n] = id[offset + n] ?? 0
  }

  /** The number of the blob, or less than 0. */
  function locate(type: BlobType, id: Uint8Array, offset: number): number {
    want(id, offset)
    for (const segment of slots.segments()) {
      const number = numberIn(segment, seek(segment, entries, type, wanted))
      if (number >= 0) return number
    }
    return -1
  }

  /** The number of the blob if it was known, else that of a new one minus 2³¹. */
  function enter(type: BlobType, id: Uint8Array, offset: number): number {
    const known = locate(type, id, offset)
    if (known >= 0) return known
    const segment = slots.openSegment()
    const number = entries.add(type, wanted)
    for (;;) {
      const at = seek(segment, entries, type, wanted)
      const another = numberIn(segment, at)
      if (another >= 0) {
        entries.giveBack(number)
        return another
      }
      if (Atomics.compareExchange(segment, at, 0, tagOf(wanted) | (number + 1)) !== 0) continue
      slots.countUsed()
      return number + isNew
    }
  }

  return {
    memory,
    get size() {
      return slots.used
    },
    get count() {
      return entries.count
    },
    claim: (type, id, offset = 0) => enter(type, id, offset) < 0,
    has: (type, id, offset = 0) => locate(type, id, offset) >= 0,
    put(type, id, place, offset = 0) {
      const number = enter(type, id, offset)
      entries.setPlace(number < 0 ? number - isNew : number, place)
    },
    find(type, id, offset = 0) {
      const number = locate(type, id, offset)
      return number < 0 ? undefined : entries.placeOf(number)
    },
    numberOf(type, id, offset = 0) {
      const number = locate(type, id, offset)
      return number < 0 ? undefined : number
    },
    entryAt: (number) => entries.entryAt(number),
  }
}

const isNew = -(2 ** 31)

/*
 * A slot in use holds the number of an entry and one in its 27 lowest bits, and above them five bits of the id: of the slots
 * that a search passes, only one in 32 needs a look at its entry, which lies elsewhere in memory. Slots are tried in turn from
 * the one that the id names; ids are SHA-256, so any of their bits are as good as a hash.
 */
const numberBits = 27
const numberMask = 2 ** numberBits - 1

function tagOf(id: Int32Array): number {
  return (id[1] ?? 0) & ~numberMask
}

/** The slot of the blob, or the free one where the search for it ends. */
function seek(segment: Int32Array, entries: EntryList, type: BlobType, id: Int32Array): number {
  const last = segment.length - 1
  const tag = tagOf(id)
  for (let at = (id[0] ?? 0) & last; ; at = (at + 1) & last) {
    const slot = Atomics.load(segment, at)
    if (slot === 0) return at
    if ((slot & ~numberMask) === tag && entries.isOf((slot & numberMask) - 1, type, id)) return at
  }
}

/** -1 of a free slot. */
function numberIn(segment: Int32Array, at: number): number {
  return (Atomics.load(segment, at) & numberMask) - 1
}
