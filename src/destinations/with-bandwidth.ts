import type { ByteRange, Destination, ObjectBody, ObjectName } from '../ports/destination.ts'
import { makeTokenBucket, type TokenBucket, type TokenBucketDeps } from './token-bucket.ts'
import { type Whole, type Wrapped, wrap } from './wrapping.ts'

/** Bytes a second, over all that is done at once; absent: as fast as it goes. */
export interface Bandwidth {
  readonly uploadLimit?: number | undefined
  readonly downloadLimit?: number | undefined
}

/** Calls that compete take turns after so many; also the most that goes in one burst. */
const pieceMs = 100
const leastPiece = 4 * 1024
const mostPiece = 1024 * 1024
/** Of a part that is read: each piece is a request of its own. */
const leastReading = 1024 * 1024

export function withBandwidth<Inner extends Destination>(
  inner: Inner,
  { uploadLimit, downloadLimit }: Bandwidth,
  deps: TokenBucketDeps,
): Wrapped<Inner> {
  return wrap(inner, (whole) => ({
    put: (...words) => whole.put(...words),
    get: (...words) => whole.get(...words),
    readInto: (...words) => whole.readInto(...words),
    list: (...words) => whole.list(...words),
    remove: (...words) => whole.remove(...words),
    flush: (...words) => whole.flush(...words),
    space: (...words) => whole.space(...words),
    ...(uploadLimit === undefined ? {} : limitUp(whole, uploadLimit, makeTokenBucket(uploadLimit, deps))),
    ...(downloadLimit === undefined
      ? {}
      : limitDown(whole, downloadLimit, makeTokenBucket(downloadLimit, deps))),
  }))
}

function limitUp(whole: Whole, limit: number, bucket: TokenBucket): Pick<Whole, 'put'> {
  const pieceBytes = Math.min(mostPiece, Math.max(leastPiece, Math.floor((limit * pieceMs) / 1000)))
  async function* slowly(body: ObjectBody, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for await (const chunk of body.open()) {
      for (let at = 0; at < chunk.length; at += pieceBytes) {
        const piece = chunk.subarray(at, at + pieceBytes)
        await bucket.take(piece.length, signal)
        yield piece
      }
    }
  }
  return {
    put: (name, body, signal) => whole.put(name, { ...body, open: () => slowly(body, signal) }, signal),
  }
}

function limitDown(whole: Whole, limit: number, bucket: TokenBucket): Pick<Whole, 'get' | 'readInto'> {
  /** A second's worth: of less, each would cost a request, and of more it would come in one rush. */
  const pieceBytes = Math.max(leastReading, limit)

  async function* getAll(name: ObjectName, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for await (const chunk of whole.get(name, undefined, signal)) {
      await bucket.take(chunk.length, signal)
      yield chunk
    }
  }

  async function* getPart(
    name: ObjectName,
    range: ByteRange,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const end = range.offset + range.length
    let { offset } = range
    do {
      const length = Math.min(pieceBytes, end - offset)
      await bucket.take(length, signal)
      yield* whole.get(name, { offset, length }, signal)
      offset += length
    } while (offset < end)
  }

  return {
    get: (name, range, signal) => (range === undefined ? getAll(name, signal) : getPart(name, range, signal)),
    async readInto(name, offset, out, signal) {
      let done = 0
      do {
        const piece = out.subarray(done, done + pieceBytes)
        await bucket.take(piece.length, signal)
        await whole.readInto(name, offset + done, piece, signal)
        done += piece.length
      } while (done < out.length)
    },
  }
}
