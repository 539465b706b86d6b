import { RedomaError } from '../../core/errors.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import { type Envelope, envelopeOverhead, ivBytes } from '../envelope/envelope.ts'
import { type ObjectId, objectIdFromBytes } from '../ids.ts'

/** First byte of a body that is compressed. */
export const compressedMark = 2
const compressionLevel = 3

/**
 * The file of an index, snapshot or lock, and its name. It was opened again and compared: a fault of memory or of the
 * compressor is found before anything is stored.
 *
 * @throws RedomaError `VERIFICATION_FAILED`
 */
export function encodeUnpacked(
  json: Uint8Array,
  envelope: Envelope,
  primitives: Primitives,
): { readonly id: ObjectId; readonly bytes: Uint8Array } {
  const body = compress(json, primitives)
  const bytes = new Uint8Array(body.length + envelopeOverhead)
  bytes.set(body, ivBytes)
  envelope.sealInto(bytes.subarray(ivBytes, ivBytes + body.length), bytes)
  verify(json, bytes, envelope, primitives)
  const hash = new Uint8Array(32)
  primitives.sha256(bytes, hash)
  return { id: objectIdFromBytes(hash), bytes }
}

function compress(json: Uint8Array, primitives: Primitives): Uint8Array {
  const body = new Uint8Array(1 + primitives.zstdBound(json.length))
  body[0] = compressedMark
  return body.subarray(0, 1 + primitives.zstdCompress(compressionLevel, json, body.subarray(1)))
}

function verify(json: Uint8Array, bytes: Uint8Array, envelope: Envelope, primitives: Primitives): void {
  const again = new Uint8Array(json.length)
  const length = primitives.zstdDecompress(envelope.open(bytes).subarray(1), again)
  if (length !== json.length || Buffer.compare(again, json) !== 0) {
    throw new RedomaError(
      'VERIFICATION_FAILED',
      'a file of the repository did not come back as it was encoded',
    )
  }
}
