/** Memory that is used again and again. */
export interface PagePool {
  /** Kept when some is free; in the order of asking. */
  take(): Promise<Uint8Array>
  /** `undefined` when none is free. */
  takeFree(): Uint8Array | undefined
  /** Any part of what was taken gives all of it back; what is not of this pool is left alone. */
  giveBack(part: Uint8Array): void
}

const wasmPageBytes = 64 * 1024

/**
 * Slices of one WebAssembly memory: it begins at a page of the machine's, which what is written past the page cache must
 * (`pastCache`), and to learn that of other memory takes calls into C. What was never used is not there.
 *
 * @param bytes of a slice: whole pages of 64 KiB
 */
export function makePagePool(count: number, bytes: number): PagePool {
  const pages = (count * bytes) / wasmPageBytes
  const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages })
  const free = Array.from({ length: count }, (_, index) => new Uint8Array(buffer, index * bytes, bytes))
  const waiting: ((slice: Uint8Array) => void)[] = []
  const takeFree = (): Uint8Array | undefined => free.pop()
  return {
    takeFree,
    take: () =>
      new Promise((resolve) => {
        const slice = takeFree()
        if (slice === undefined) waiting.push(resolve)
        else resolve(slice)
      }),
    giveBack(part) {
      if (part.buffer !== buffer) return
      const slice = new Uint8Array(buffer, part.byteOffset - (part.byteOffset % bytes), bytes)
      const next = waiting.shift()
      if (next === undefined) free.push(slice)
      else next(slice)
    },
  }
}
