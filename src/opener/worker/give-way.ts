import type { RandomAccess } from '../../bundle/zip/random-access.ts'

const quietMs = 300
const lookMs = 30

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

  /** The same file; each reading in the background waits for its turn. */
  through(file: RandomAccess): RandomAccess {
    return {
      size: file.size,
      read: async (start, end) => {
        while (this.#isBackground && this.#nowMs() - this.#lastAskedMs < quietMs) {
          await new Promise((resolve) => setTimeout(resolve, lookMs))
        }
        return file.read(start, end)
      },
    }
  }
}
