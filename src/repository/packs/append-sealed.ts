import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { Envelope } from '../envelope/envelope.ts'
import { idToBytes } from '../ids.ts'
import { openBlob } from './open-blob.ts'
import type { PackBuilder } from './pack-builder.ts'
import type { PackedBlob } from './packed-blob.ts'
import type { Scratch } from './scratch.ts'

/**
 * Appends a blob of another pack as it is, sealed and compressed. What now lies in the new pack was opened and its hash
 * compared before it counts, so that damage is not carried on.
 *
 * @throws RedomaError `REPOSITORY_DAMAGED`, with the pack unchanged
 */
export function appendSealed(
  pack: PackBuilder,
  blob: PackedBlob,
  sealed: Uint8Array,
  tools: {
    readonly envelope: Envelope
    readonly primitives: Primitives
    readonly sealedScratch: Scratch
    readonly contentScratch: Scratch
  },
): void {
  const room = pack.room(sealed.length)
  room.set(sealed)
  const again = tools.sealedScratch.take(sealed.length)
  again.set(room)
  try {
    openBlob(blob, again, tools.envelope, tools.primitives, tools.contentScratch)
  } catch (cause) {
    if (!isRedomaError(cause)) throw cause
    throw new RedomaError('REPOSITORY_DAMAGED', `the blob ${blob.id} is damaged`, { cause })
  }
  pack.append(idToBytes(blob.id), sealed.length, blob.uncompressedLength)
}
