import { unfilled } from '../../core/unfilled.ts'

const nothing = new Uint8Array(0)
const sliceBytes = 1024 * 1024

/** Memory for results of `length` bytes. */
export type RoomFor = (length: number) => Uint8Array

export interface PieceWork {
  /** Length of every piece but the last. */
  readonly pieceBytes: number
  /** What a piece grows by (or, below zero, shrinks by) when it is worked on. */
  readonly growthBytes: number
  /** Fills `out`, which is `growthBytes` longer than `piece`, or says what is wrong. */
  readonly work: (piece: Uint8Array, isLast: boolean, out: Uint8Array) => PieceFault | undefined
  /** Fresh memory where it is not given: then what is yielded belongs to the reader, and is never written to again. */
  readonly roomFor?: RoomFor | undefined
}

/** Ends the stream with `error`; before it comes the result of the piece too, where that is good. */
export interface PieceFault {
  readonly error: Error
  readonly isResultGood: boolean
}

/**
 * Cuts a stream into pieces, however it is fed, and works on each. Which piece is the last is known only when more bytes
 * come, or none: so up to one whole piece is held back. A stream of a whole number of pieces ends with a full one; an
 * empty stream is one empty piece. All results before a fault are yielded first: of a damaged recording, as much as can be
 * had is wanted.
 */
export async function* workInPieces(
  source: AsyncIterable<Uint8Array>,
  pieces: PieceWork,
): AsyncGenerator<Uint8Array> {
  const held = new Held(pieces.pieceBytes)
  for await (const chunk of source) {
    // A chunk of any size costs a slice's memory at a time.
    for (let offset = 0; offset < chunk.length; offset += sliceBytes) {
      const { results, error } = workOnWholePieces(held, chunk.subarray(offset, offset + sliceBytes), pieces)
      if (results.length > 0) yield results
      if (error !== undefined) throw error
    }
  }
  const last = held.taken()
  const result = (pieces.roomFor ?? unfilled)(Math.max(0, last.length + pieces.growthBytes))
  const fault = pieces.work(last, true, result)
  if (result.length > 0 && fault?.isResultGood !== false) yield result
  if (fault !== undefined) throw fault.error
}

/**
 * Two pieces of memory by turns, for a reader that keeps nothing: while it has the one, the other is written to. Fresh memory for
 * every megabyte costs as much as the cipher, for the page faults and for the garbage.
 */
export function roomInTurns(): RoomFor {
  let [next, last]: [Uint8Array, Uint8Array] = [nothing, nothing]
  return (length) => {
    // Nothing is not yielded: it is nobody's turn.
    if (length === 0) return nothing
    ;[next, last] = [last, next]
    if (last.length < length) last = unfilled(length)
    return last.subarray(0, length)
  }
}

interface Worked {
  readonly results: Uint8Array
  readonly error: Error | undefined
}

/** Works on all pieces that `held` and `chunk` complete and that cannot be the last; the rest stays held. */
function workOnWholePieces(held: Held, chunk: Uint8Array, pieces: PieceWork): Worked {
  const { pieceBytes, growthBytes, work, roomFor = unfilled } = pieces
  const count = Math.max(0, Math.floor((held.length + chunk.length - 1) / pieceBytes))
  const resultBytes = pieceBytes + growthBytes
  const results = roomFor(count * resultBytes)
  let rest = chunk
  for (let index = 0; index < count; index++) {
    const out = results.subarray(index * resultBytes, (index + 1) * resultBytes)
    const missing = pieceBytes - held.length
    if (held.length > 0) held.add(rest.subarray(0, missing))
    const fault = work(held.length > 0 ? held.taken() : rest.subarray(0, pieceBytes), false, out)
    if (fault !== undefined) {
      const good = index + (fault.isResultGood ? 1 : 0)
      return { results: results.subarray(0, good * resultBytes), error: fault.error }
    }
    rest = rest.subarray(missing)
  }
  held.add(rest)
  return { results, error: undefined }
}

/** Less than one piece, or exactly one of which it is not known yet whether it is the last. */
class Held {
  readonly #bytes: Uint8Array
  length = 0

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity)
  }

  add(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /** All that is held; good until the next `add`. */
  taken(): Uint8Array {
    const bytes = this.#bytes.subarray(0, this.length)
    this.length = 0
    return bytes
  }
}
