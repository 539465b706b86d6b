import { wipe } from '../../core/bytes.ts'

const firstSlabBytes = 1024 * 1024
/**
 * What is longer than 32 MiB the C library takes from the system whatever it has freed before, and gives back when it is freed
 * (M_MMAP_THRESHOLD in mallopt(3)); and with the page that it puts before it this is a whole number of huge pages, one page fault each in
 * place of 512, which took an eighth of the time in which a bundle is made. What is not written to takes no memory.
 */
const slabBytes = 34 * 1024 * 1024 - 4096
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
    // The rest was never written to, and would be taken from the system now.
    wipe(...this.#full, this.#slab.subarray(0, this.#used))
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes <= this.#slab.length) return
    // What is left of the last one is of no use: no text lies in two.
    const isFirst = this.#used === 0
    if (!isFirst) this.#full.push(this.#slab.subarray(0, this.#used))
    this.#slab = Buffer.allocUnsafeSlow(Math.max(isFirst ? firstSlabBytes : slabBytes, bytes))
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
