import { RedomaError } from '../../core/errors.ts'
import { tagBytes } from '../lengths.ts'
import type { Primitives } from '../primitives.ts'
import { type PieceFault, type RoomFor, workInPieces } from './pieces.ts'

/** Bytes of plaintext in every chunk but the last. */
export const chunkBytes = 64 * 1024
export const sealedChunkBytes = chunkBytes + tagBytes

/**
 * Nonce of chunk `index`: 11-byte big-endian counter, then 1 on the last chunk.
 *
 * The flag is what stops truncation: without it a bundle cut at a chunk border would open cleanly (STREAM, eprint 2015/189).
 */
export function chunkNonce(
  index: number,
  isLast: boolean,
  nonce: Uint8Array = new Uint8Array(12),
): Uint8Array {
  const view = new DataView(nonce.buffer, nonce.byteOffset, nonce.byteLength)
  view.setUint32(3, Math.floor(index / 2 ** 32))
  view.setUint32(7, index % 2 ** 32)
  nonce[11] = isLast ? 1 : 0
  return nonce
}

/** The payload of an age file: chunks of 64 KiB, each sealed with ChaCha20-Poly1305, the last marked. */
export function sealStream(
  key: Uint8Array,
  plaintext: AsyncIterable<Uint8Array>,
  primitives: Primitives,
  roomFor?: RoomFor,
): AsyncIterable<Uint8Array> {
  const nonce = new Uint8Array(12)
  let index = 0
  return workInPieces(plaintext, {
    pieceBytes: chunkBytes,
    growthBytes: tagBytes,
    roomFor,
    work(chunk, isLast, out) {
      primitives.chacha20Poly1305Seal(key, chunkNonce(index++, isLast, nonce), chunk, out)
      return undefined
    },
  })
}

/**
 * The reverse. Yields authenticated bytes only; that they are *all* is known when the iteration ends without an error.
 *
 * @throws RedomaError `DATA_DAMAGED` when a chunk was altered, moved, cut off or added
 */
export function openStream(
  key: Uint8Array,
  payload: AsyncIterable<Uint8Array>,
  primitives: Primitives,
  roomFor?: RoomFor,
): AsyncIterable<Uint8Array> {
  let index = 0
  return workInPieces(payload, {
    pieceBytes: sealedChunkBytes,
    growthBytes: -tagBytes,
    roomFor,
    work: (chunk, isLast, out) => openChunk(key, index++, isLast, chunk, out, primitives),
  })
}

/**
 * One chunk into `out`, which is 16 bytes shorter, or what is wrong with it. The result is good where it is the marking
 * of the last chunk alone that is wrong: then the chunk is authentic, and the stream ends too early or too late.
 */
export function openChunk(
  key: Uint8Array,
  index: number,
  isLast: boolean,
  sealed: Uint8Array,
  out: Uint8Array,
  primitives: Primitives,
): PieceFault | undefined {
  const opens = (asLast: boolean): boolean =>
    primitives.chacha20Poly1305Open(key, chunkNonce(index, asLast), sealed, out)
  // A message can't end without a marked chunk. This message is truncated.
  if (sealed.length < tagBytes) return fault('the age file was cut off', false)
  if (opens(isLast)) {
    // One way only to write each plaintext: no empty chunk after a full one.
    const isSuperfluous = isLast && index > 0 && out.length === 0
    return isSuperfluous ? fault('the age file ends with an empty chunk', false) : undefined
  }
  // Only a whole chunk can be one that another follows.
  if (sealed.length === sealedChunkBytes && opens(!isLast)) {
    return fault(isLast ? 'the age file was cut off' : 'bytes follow the end of the age file', true)
  }
  return fault(`chunk ${index} of the age file was altered or cut off`, false)
}

function fault(message: string, isResultGood: boolean): PieceFault {
  return { error: new RedomaError('DATA_DAMAGED', message), isResultGood }
}
