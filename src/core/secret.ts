import { timingSafeEqual } from 'node:crypto'
import { inspect } from 'node:util'

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
    return Buffer.byteLength(this.#text)
  }

  /** Compares in a time that does not depend on where the two differ. */
  equals(other: Secret): boolean {
    const mine = Buffer.from(this.#text)
    const theirs = Buffer.from(other.#text)
    return mine.length === theirs.length && timingSafeEqual(mine, theirs)
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}
