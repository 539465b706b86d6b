import { RedomaError } from '../../core/errors.ts'
import { tagBytes } from '../lengths.ts'
import type { Primitives } from '../primitives.ts'
import { workInPieces } from './pieces.ts'

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
): AsyncIterable<Uint8Array> {
  const nonce = new Uint8Array(12)
  let index = 0
  return workInPieces(plaintext, {
    pieceBytes: chunkBytes,
    growthBytes: tagBytes,
    work(chunk, isLast, out) {
      primitives.chacha20Poly1305Seal(key, chunkNonce(index++, isLast, nonce), chunk, out)
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
): AsyncIterable<Uint8Array> {
  let index = 0
  return workInPieces(payload, {
    pieceBytes: sealedChunkBytes,
    growthBytes: -tagBytes,
    work(chunk, isLast, out) {
      openChunk(key, index++, isLast, chunk, out, primitives)
    },
  })
}

/** @throws RedomaError `DATA_DAMAGED` */
export function openChunk(
  key: Uint8Array,
  index: number,
  isLast: boolean,
  sealed: Uint8Array,
  out: Uint8Array,
  primitives: Primitives,
): void {
  if (sealed.length < tagBytes) throw cutOff()
  // One way only to write each plaintext: no empty chunk after a full one.
  if (isLast && index > 0 && sealed.length === tagBytes) {
    throw new RedomaError('DATA_DAMAGED', 'the age file ends with an empty chunk')
  }
  if (primitives.chacha20Poly1305Open(key, chunkNonce(index, isLast), sealed, out)) return
  throw isLast ? cutOff() : new RedomaError('DATA_DAMAGED', `chunk ${index} of the age file was altered`)
}

// A message can't end without a marked chunk.
function cutOff(): RedomaError {
  return new RedomaError('DATA_DAMAGED', 'the age file was cut off, or its end was altered')
}
