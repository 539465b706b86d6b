import { RedomaError } from '../../core/errors.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import { type Envelope, envelopeOverhead, ivBytes } from '../envelope/envelope.ts'
import type { BlobId } from '../ids.ts'
import type { PackBuilder } from './pack-builder.ts'
import type { Scratch } from './scratch.ts'

/**
 * Compresses, seals and appends a blob to a pack, in place; returns its length as stored. Where compression gains nothing
 * the content goes in as it is (data only: restic compresses every tree). Before it counts it was opened again and
 * compared: compressors have had bugs, and memory has faults.
 *
 * @throws RedomaError `VERIFICATION_FAILED`
 */
export function appendBlob(
  pack: PackBuilder,
  id: BlobId,
  content: Uint8Array,
  level: number,
  tools: { readonly envelope: Envelope; readonly primitives: Primitives; readonly scratch: Scratch },
): number {
  const { envelope, primitives, scratch } = tools
  const room = pack.room(primitives.zstdBound(content.length) + envelopeOverhead)
  const compressed =
    content.length === 0 ? 0 : primitives.zstdCompress(level, content, room.subarray(ivBytes))
  const isCompressed = pack.type === 'tree' || (compressed > 0 && compressed < content.length)
  const bodyBytes = isCompressed ? compressed : content.length
  const sealed = room.subarray(0, bodyBytes + envelopeOverhead)
  envelope.sealInto(isCompressed ? sealed.subarray(ivBytes, ivBytes + bodyBytes) : content, sealed)

  const body = scratch.take(bodyBytes + content.length)
  envelope.openInto(sealed, body.subarray(0, bodyBytes))
  verify(content, body.subarray(0, bodyBytes), body.subarray(bodyBytes), isCompressed, primitives)
  pack.append(id, sealed.length, isCompressed ? content.length : 0)
  return sealed.length
}

function verify(
  content: Uint8Array,
  body: Uint8Array,
  out: Uint8Array,
  isCompressed: boolean,
  primitives: Primitives,
): void {
  const length = isCompressed ? primitives.zstdDecompress(body, out) : body.length
  const again = isCompressed ? out.subarray(0, length) : body
  if (Buffer.compare(again, content) !== 0) {
    throw new RedomaError('VERIFICATION_FAILED', 'a blob did not come back as it was sealed')
  }
}
