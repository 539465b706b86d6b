import { wipe } from '../../core/bytes.ts'

/** Small enough that what is done with each, one thing after the other, finds it in the processor's cache. */
const slabBytes = 256 * 1024

/** Where a text lies. */
export interface SlabPlace {
  readonly slab: Buffer
  readonly start: number
  readonly end: number
}

/**
 * Many texts one after the other as UTF-8, outside the heap that is searched for garbage, and wiped for certain at the end, which no
 * string of JavaScript is.
 */
export class Slabs {
  readonly #full: Buffer[] = []
  #slab = Buffer.alloc(0)
  #used = 0

  /** @param before put before it, not of the place; ASCII */
  add(text: string, before = ''): SlabPlace {
    // Three bytes a code unit at most; counted only where that might not fit.
    if (this.#used + before.length + 3 * text.length > this.#slab.length) {
      this.#makeRoom(before.length + Buffer.byteLength(text))
    }
    const slab = this.#slab
    const start = this.#used + (before === '' ? 0 : slab.write(before, this.#used))
    this.#used = start + slab.write(text, start)
    return { slab, start, end: this.#used }
  }

  /** All of it, in pieces. */
  *pieces(): Generator<Uint8Array> {
    yield* this.#full
    if (this.#used > 0) yield this.#slab.subarray(0, this.#used)
  }

  wipe(): void {
    wipe(...this.#full, this.#slab)
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes <= this.#slab.length) return
    // What is left of the last one is of no use: no text lies in two.
    if (this.#used > 0) this.#full.push(this.#slab.subarray(0, this.#used))
    this.#slab = Buffer.alloc(Math.max(slabBytes, bytes))
    this.#used = 0
  }
}
