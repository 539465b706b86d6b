import { concatBytes } from '../../core/bytes.ts'
import { findHeaderEnd, headerCutOff } from './header-end.ts'
import { payloadNonceBytes } from './payload-key.ts'

export interface FileParts {
  readonly header: Uint8Array
  readonly nonce: Uint8Array
  readonly payload: AsyncIterable<Uint8Array>
}

/**
 * An age file in its parts, however it is fed. Reads no further than it must, and never more than the longest header.
 * Whoever gives up before the payload is read to its end calls `return` of `iterator`.
 *
 * @throws RedomaError `FORMAT_UNKNOWN`, `LIMIT_EXCEEDED`, `DATA_DAMAGED`
 */
export async function splitFile(iterator: AsyncIterator<Uint8Array>): Promise<FileParts> {
  const start = new Start(iterator)
  let headerEnd = findHeaderEnd(start.bytes)
  while (headerEnd === undefined) {
    await start.grow()
    headerEnd = findHeaderEnd(start.bytes)
  }
  const nonceEnd = headerEnd + payloadNonceBytes
  while (start.bytes.length < nonceEnd) await start.grow()
  return {
    header: start.bytes.slice(0, headerEnd),
    nonce: start.bytes.slice(headerEnd, nonceEnd),
    payload: following(start.bytes.subarray(nonceEnd), iterator),
  }
}

class Start {
  bytes: Uint8Array = new Uint8Array(0)
  readonly #iterator: AsyncIterator<Uint8Array>

  constructor(iterator: AsyncIterator<Uint8Array>) {
    this.#iterator = iterator
  }

  async grow(): Promise<void> {
    const next = await this.#iterator.next()
    if (next.done === true) throw headerCutOff()
    this.bytes = concatBytes([this.bytes, next.value])
  }
}

async function* following(
  first: Uint8Array,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
}
