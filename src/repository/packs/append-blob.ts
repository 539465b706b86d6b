import { RedomaError } from '../../core/errors.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import { type Envelope, envelopeOverhead, ivBytes } from '../envelope/envelope.ts'
import type { PackBuilder } from './pack-builder.ts'
import type { Scratch } from './scratch.ts'

/**
 * Compresses, seals and appends the blob of this id (32 bytes) to a pack, in place; returns its length as stored. As in restic all
 * that is not empty is compressed, also where that gains nothing: stored as it is, a file that someone made to look like an index or
 * a snapshot would pass for one when its blob is cut out of the pack and put there, for all files of a repository are sealed alike.
 * Before it counts it was opened again and compared: compressors have had bugs, and memory has faults.
 *
 * @throws RedomaError `VERIFICATION_FAILED`
 */
export function appendBlob(
  pack: PackBuilder,
  id: Uint8Array,
  content: Uint8Array,
  level: number,
  tools: { readonly envelope: Envelope; readonly primitives: Primitives; readonly scratch: Scratch },
): number {
  const { envelope, primitives, scratch } = tools
  const room = pack.room(primitives.zstdBound(content.length) + envelopeOverhead)
  const isCompressed = content.length > 0
  const bodyBytes = isCompressed ? primitives.zstdCompress(level, content, room.subarray(ivBytes)) : 0
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
