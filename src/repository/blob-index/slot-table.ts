import { RedomaError } from '../../core/errors.ts'
import { growableMemory, growTo } from './shared-memory.ts'

/**
 * The slots of a hash table in shared memory, one word each, 0 while it is free: a head of `headWords`, then segments. The
 * first has the length that was asked for, each further one that of all before it. A full segment stays where it is and a new
 * one begins behind it, so nothing is ever moved under a reader.
 */
export interface SlotTable {
  readonly memory: SharedArrayBuffer
  /** Slots in use. */
  readonly used: number
  /** Each a power of two long. */
  segments(): readonly Int32Array[]
  /** Where new ones go; begins a segment when three quarters of all slots are in use. */
  openSegment(): Int32Array
  countUsed(): void
}

const headWords = 16
const segmentsWord = 0
const usedWord = 1
const firstSlotsWord = 2

const maxLoad = 0.75
const leastSlots = 1 << 16
/** Three quarters of them are more than there can be entries. */
const mostSlots = 2 ** 28

/** @param expected how many there will be, as far as that is known: in one segment an id is looked for once */
export function makeSlotMemory(expected: number): SharedArrayBuffer {
  const slots = 2 ** Math.ceil(Math.log2(expected / maxLoad + 1))
  const firstSlots = Math.min(Math.max(slots, leastSlots), mostSlots)
  const memory = growableMemory(bytesUpTo(firstSlots), bytesUpTo(mostSlots))
  const head = new Int32Array(memory, 0, headWords)
  head[segmentsWord] = 1
  head[firstSlotsWord] = firstSlots
  return memory
}

export function shareSlotTable(memory: SharedArrayBuffer): SlotTable {
  const head = new Int32Array(memory, 0, headWords)
  const firstSlots = Atomics.load(head, firstSlotsWord)
  const views: Int32Array[] = []

  /** Slots of the first `count` segments. */
  const slotsIn = (count: number): number => (count === 0 ? 0 : firstSlots * 2 ** (count - 1))

  function segments(): readonly Int32Array[] {
    for (let n = views.length; n < Atomics.load(head, segmentsWord); n++)
      views.push(new Int32Array(memory, bytesUpTo(slotsIn(n)), slotsIn(n + 1) - slotsIn(n)))
    return views
  }

  /** Whoever sees it first begins the next segment. */
  function growWhenFull(): void {
    const count = Atomics.load(head, segmentsWord)
    if (Atomics.load(head, usedWord) < slotsIn(count) * maxLoad) return
    growTo(memory, bytesUpTo(slotsIn(count + 1)))
    Atomics.compareExchange(head, segmentsWord, count, count + 1)
  }

  return {
    memory,
    get used() {
      return Atomics.load(head, usedWord)
    },
    segments,
    openSegment() {
      growWhenFull()
      const open = segments().at(-1)
      if (open === undefined) throw new RedomaError('INTERNAL', 'a table without segments')
      return open
    },
    countUsed() {
      Atomics.add(head, usedWord, 1)
    },
  }
}

function bytesUpTo(slots: number): number {
  return (headWords + slots) * 4
}
