/**
 * Memory for parts of packs on their way to the threads, shared with them and used again: the system would have to find fresh
 * pages for each, and V8 to collect them. There is as much as parts are under way at once.
 */
export interface RegionMemory {
  take(length: number): Uint8Array<SharedArrayBuffer>
  /** No thread looks at it any more. */
  giveBack(bytes: Uint8Array<SharedArrayBuffer>): void
}

/** As long as nearly all parts are at most. */
const usualBytes = 4 * 1024 * 1024

export function makeRegionMemory(): RegionMemory {
  const free: SharedArrayBuffer[] = []
  return {
    take(length) {
      const memory = free.pop()
      const isEnough = memory !== undefined && memory.byteLength >= length
      return new Uint8Array(
        isEnough ? memory : new SharedArrayBuffer(Math.max(length, usualBytes)),
        0,
        length,
      )
    },
    giveBack({ buffer }) {
      free.push(buffer)
    },
  }
}
