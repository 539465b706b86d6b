import { createHash } from 'node:crypto'
import { RedomaError } from '../../core/errors.ts'
import type { ObjectBody, ObjectName } from '../../ports/destination.ts'

/** Memory is taken in such blocks. */
const blockBytes = 1024 * 1024

/** What one request sends: held in memory, so that the request can be made again. */
export interface Content {
  readonly blocks: readonly Uint8Array[]
  /** In bytes. */
  readonly length: number
  /** In hexadecimal digits. */
  readonly sha256: string
}

export function contentOf(blocks: readonly Uint8Array[]): Content {
  const hash = createHash('sha256')
  for (const block of blocks) hash.update(block)
  return { blocks, length: lengthOf(blocks), sha256: hash.digest('hex') }
}

/** In base64, as the header `Content-MD5` has it. */
export function md5Of({ blocks }: Content): string {
  const hash = createHash('md5')
  for (const block of blocks) hash.update(block)
  return hash.digest('base64')
}

/**
 * A body as one piece or more, each full but the last. Chunks are copied, since they may be good only until the next is asked for; a
 * body that is one chunk is used as it is.
 *
 * @param fullBytes length of the piece of this number, from 0 on
 * @throws RedomaError `DATA_DAMAGED`, before the last piece, when the body is not as long as it says
 */
export async function* piecesOf(
  name: ObjectName,
  body: ObjectBody,
  fullBytes: (number: number) => number,
  signal: AbortSignal,
): AsyncGenerator<Content> {
  const { size } = body
  let [piece, number, total] = [new Piece(fullBytes(0)), 0, 0]
  for await (const chunk of body.open()) {
    signal.throwIfAborted()
    total += chunk.length
    if (size !== undefined && total > size) throw otherLength(name, size, `more than ${size}`)
    let rest = chunk.length === size && piece.keep(chunk) ? chunk.subarray(size) : chunk
    while (rest.length > 0) {
      const copied = piece.copy(rest)
      rest = rest.subarray(copied)
      if (copied > 0) continue
      yield piece.content()
      piece = new Piece(fullBytes(++number))
    }
  }
  signal.throwIfAborted()
  if (size !== undefined && total !== size) throw otherLength(name, size, `${total}`)
  yield piece.content()
}

class Piece {
  readonly #full: number
  readonly #blocks: Uint8Array[] = []
  /** Bytes in the last block. */
  #used = 0

  constructor(full: number) {
    this.#full = full
  }

  /** Takes a chunk as it is; false, when it is too long for this piece. */
  keep(chunk: Uint8Array): boolean {
    if (chunk.length > this.#full) return false
    this.#blocks.push(chunk)
    this.#used = chunk.length
    return true
  }

  /** Copies what there is room for. Returns how many bytes. */
  copy(chunk: Uint8Array): number {
    let block = this.#blocks.at(-1)
    if (block === undefined || this.#used === block.length) {
      const room = Math.min(blockBytes, this.#full - lengthOf(this.#blocks))
      if (room === 0) return 0
      block = Buffer.allocUnsafeSlow(room)
      this.#blocks.push(block)
      this.#used = 0
    }
    const count = Math.min(chunk.length, block.length - this.#used)
    block.set(chunk.subarray(0, count), this.#used)
    this.#used += count
    return count
  }

  content(): Content {
    const last = this.#blocks.at(-1)
    if (last === undefined) return contentOf([])
    return contentOf([...this.#blocks.slice(0, -1), last.subarray(0, this.#used)])
  }
}

function lengthOf(blocks: readonly Uint8Array[]): number {
  return blocks.reduce((sum, block) => sum + block.length, 0)
}

function otherLength(name: ObjectName, size: number, found: string): RedomaError {
  return new RedomaError('DATA_DAMAGED', `the body of ${name} has ${found} bytes, expected ${size}`)
}
