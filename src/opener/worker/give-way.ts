import type { RandomAccess } from '../../bundle/zip/random-access.ts'

const quietMs = 300
/** What is asked meanwhile is answered in it. */
const lookMs = 1
/** Some milliseconds of work. */
const pieceBytes = 256 * 1024

/** Lets whoever types go first: while the worker is asked for something, what is read in the background waits. */
export class GivingWay {
  readonly #nowMs: () => number
  #lastAskedMs = -Infinity
  #isBackground = false

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** Somebody waits for an answer. */
  asked(): void {
    this.#lastAskedMs = this.#nowMs()
  }

  async inBackground<T>(work: () => Promise<T>): Promise<T> {
    this.#isBackground = true
    try {
      return await work()
    } finally {
      this.#isBackground = false
    }
  }

  /** The same bytes; in the background they are read in small pieces, each of which waits for its turn. */
  through(bytes: RandomAccess): RandomAccess {
    return {
      size: bytes.size,
      read: (start, end) =>
        this.#isBackground ? this.#readInPieces(bytes, start, end) : bytes.read(start, end),
    }
  }

  async #readInPieces(bytes: RandomAccess, start: number, end: number): Promise<Uint8Array> {
    const whole = new Uint8Array(end - start)
    for (let at = start; at < end; at += pieceBytes) {
      do await pause(lookMs)
      while (this.#nowMs() - this.#lastAskedMs < quietMs)
      whole.set(await bytes.read(at, Math.min(end, at + pieceBytes)), at - start)
    }
    return whole
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
