import { RedomaError } from '../../core/errors.ts'
import type { Primitives } from '../../crypto/primitives.ts'

const magic = 0xfd2fb528
/** Where a frame does not say how long its content is, the first guess. */
const firstGuess = 64 * 1024

/**
 * The content of one zstd frame, which may come from a program that did not write its length into it.
 *
 * @throws RedomaError `LIMIT_EXCEEDED` when the content is longer than `limitBytes` (a few bytes can become gigabytes);
 * `DATA_DAMAGED`
 */
export function decompressFrame(primitives: Primitives, frame: Uint8Array, limitBytes: number): Uint8Array {
  const length = contentLength(frame)
  if (length === undefined) return decompressGuessing(primitives, frame, limitBytes)
  if (length > limitBytes) throw tooLong(limitBytes)
  const out = new Uint8Array(Number(length))
  if (primitives.zstdDecompress(frame, out) !== out.length) {
    throw new RedomaError('DATA_DAMAGED', 'a zstd frame is shorter than it says')
  }
  return out
}

/** The length that a frame says its content has (RFC 8878, 3.1.1.1), `undefined` when it does not say. */
export function contentLength(frame: Uint8Array): bigint | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (frame.length < 6) throw notAFrame()
  if (view.getUint32(0, true) !== magic) throw notAFrame()
  const descriptor = view.getUint8(4)
  const isSingleSegment = (descriptor & 0x20) !== 0
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
  const lengthBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0
  const at = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes
  if (frame.length < at + lengthBytes) throw notAFrame()
  if (lengthBytes === 0) return undefined
  if (lengthBytes === 1) return BigInt(view.getUint8(at))
  if (lengthBytes === 2) return BigInt(view.getUint16(at, true) + 256)
  return lengthBytes === 4 ? BigInt(view.getUint32(at, true)) : view.getBigUint64(at, true)
}

function decompressGuessing(primitives: Primitives, frame: Uint8Array, limitBytes: number): Uint8Array {
  for (let room = Math.max(firstGuess, frame.length * 4); ; room *= 4) {
    const out = new Uint8Array(Math.min(room, limitBytes))
    try {
      return out.subarray(0, primitives.zstdDecompress(frame, out))
    } catch (error) {
      if (room >= limitBytes) throw error
    }
  }
}

function notAFrame(): RedomaError {
  return new RedomaError('DATA_DAMAGED', 'not a zstd frame')
}

function tooLong(limitBytes: number): RedomaError {
  return new RedomaError('LIMIT_EXCEEDED', `compressed data would become more than ${limitBytes} bytes`)
}
