/** Memory that is used again from blob to blob. */
export interface Scratch {
  take(length: number): Uint8Array
}

export function makeScratch(): Scratch {
  let memory = new Uint8Array(0)
  return {
    take: (length) => {
      if (memory.length < length) memory = new Uint8Array(Math.max(length, 2 * memory.length))
      return memory.subarray(0, length)
    },
  }
}
