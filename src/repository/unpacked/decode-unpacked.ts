import { RedomaError } from '../../core/errors.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import { decompressFrame } from '../compression/decompress-frame.ts'
import type { Envelope } from '../envelope/envelope.ts'
import { blobIdFromBytes, type ObjectId } from '../ids.ts'
import { compressedMark } from './encode-unpacked.ts'

/**
 * The JSON of an index, snapshot or lock out of its file, of `limitBytes` at most where it is compressed.
 *
 * @throws RedomaError `DATA_DAMAGED` when it was altered, or is not the file of that name; `LIMIT_EXCEEDED`
 */
export function decodeUnpacked(
  id: ObjectId,
  stored: Uint8Array,
  envelope: Envelope,
  primitives: Primitives,
  limitBytes: number,
): Uint8Array {
  const hash = new Uint8Array(32)
  primitives.sha256(stored, hash)
  if (blobIdFromBytes(hash) !== (id as string)) {
    throw new RedomaError('DATA_DAMAGED', `the file ${id} of the repository does not match its name`)
  }
  return bodyOfUnpacked(envelope.open(stored), primitives, limitBytes)
}

export function bodyOfUnpacked(body: Uint8Array, primitives: Primitives, limitBytes: number): Uint8Array {
  if (body[0] === compressedMark) return decompressFrame(primitives, body.subarray(1), limitBytes)
  // '{' or '[': not compressed, as in version 1 of the format.
  if (body[0] === 0x7b || body[0] === 0x5b) return body
  throw new RedomaError('FORMAT_UNKNOWN', 'a file of the repository is neither JSON nor compressed JSON')
}
