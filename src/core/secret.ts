import { timingSafeEqual } from 'node:crypto'

/** What Node's `inspect` looks for, by the name under which modules for browsers, too, can have it. */
const inspected = Symbol.for('nodejs.util.inspect.custom')

/**
 * A text that must never be shown: it prints as `[secret]` in logs, JSON, templates and errors.
 * `reveal()` is the only way to the text, and easy to find in a review.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  /** Length in UTF-8 bytes. */
  get byteLength(): number {
    return new TextEncoder().encode(this.#text).length
  }

  /** Compares in a time that does not depend on where the two differ. */
  equals(other: Secret): boolean {
    const mine = new TextEncoder().encode(this.#text)
    const theirs = new TextEncoder().encode(other.#text)
    return mine.length === theirs.length && timingSafeEqual(mine, theirs)
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspected](): string {
    return '[secret]'
  }
}
