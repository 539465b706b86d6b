import { wipe } from '../../core/bytes.ts'

/**
 * With the C library's own page before it a whole huge page: one page fault for it in place of 512, which took an eighth of all the time
 * in which a bundle is made.
 */
const slabBytes = 2 * 1024 * 1024 - 4096
/** Small enough that what is done with each, one thing after the other, finds it in the processor's cache. */
const pieceBytes = 256 * 1024

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
  readonly #full: Buffer<ArrayBuffer>[] = []
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

  /** All of it. */
  *pieces(): Generator<Uint8Array> {
    for (const slab of [...this.#full, this.#slab.subarray(0, this.#used)]) yield* piecesOf(slab)
  }

  /** All of it for the last time: a piece is good until the next is asked for, and the memory is wiped and given back on the way. */
  *lastPieces(): Generator<Uint8Array> {
    for (let next = this.#takeFirst(); next !== undefined; next = this.#takeFirst()) {
      yield* piecesOf(next)
      wipe(next)
      next.buffer.transfer(0)
    }
  }

  wipe(): void {
    wipe(...this.#full, this.#slab)
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes <= this.#slab.length) return
    // What is left of the last one is of no use: no text lies in two.
    if (this.#used > 0) this.#full.push(this.#slab.subarray(0, this.#used))
    this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, bytes))
    this.#used = 0
  }

  #takeFirst(): Buffer<ArrayBuffer> | undefined {
    const first = this.#full.shift()
    if (first !== undefined || this.#used === 0) return first
    const last = this.#slab.subarray(0, this.#used)
    this.#slab = Buffer.alloc(0)
    this.#used = 0
    return last
  }
}

function* piecesOf(slab: Buffer): Generator<Uint8Array> {
  for (let start = 0; start < slab.length; start += pieceBytes) yield slab.subarray(start, start + pieceBytes)
}
