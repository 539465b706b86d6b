import { RedomaError } from '../../core/errors.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { Envelope } from '../envelope/envelope.ts'
import { envelopeOverhead, ivBytes } from '../envelope/envelope.ts'
import { blobIdFromBytes } from '../ids.ts'
import { contentLengthOf, type PackedBlob } from './packed-blob.ts'
import type { Scratch } from './scratch.ts'

/** Longest content of a blob that is read: a tree of a folder with a million files has some 400 MB. */
const maxBlobBytes = 1024 * 1024 * 1024

/**
 * The content of a blob out of its stored bytes, its hash verified: nothing else ties a name to its content.
 *
 * With `scratch` nothing is allocated: `stored` is overwritten, and the content is good until the next blob.
 *
 * @throws RedomaError `DATA_DAMAGED`, `LIMIT_EXCEEDED`
 */
export function openBlob(
  blob: PackedBlob,
  stored: Uint8Array,
  envelope: Envelope,
  primitives: Primitives,
  scratch?: Scratch,
): Uint8Array {
  if (stored.length !== blob.length || blob.length < envelopeOverhead) throw damaged(blob, 'is cut off')
  if (contentLengthOf(blob) > maxBlobBytes) throw tooLong(blob)
  const body =
    scratch === undefined
      ? new Uint8Array(stored.length - envelopeOverhead)
      : stored.subarray(ivBytes, stored.length - envelopeOverhead + ivBytes)
  envelope.openInto(stored, body)
  const content = blob.uncompressedLength === 0 ? body : decompress(blob, body, primitives, scratch)
  const hash = new Uint8Array(32)
  primitives.sha256(content, hash)
  if (blobIdFromBytes(hash) !== blob.id) throw damaged(blob, 'holds other content than its name says')
  return content
}

function decompress(
  blob: PackedBlob,
  body: Uint8Array,
  primitives: Primitives,
  scratch: Scratch | undefined,
): Uint8Array {
  const content = scratch?.take(blob.uncompressedLength) ?? new Uint8Array(blob.uncompressedLength)
  if (primitives.zstdDecompress(body, content) !== content.length)
    throw damaged(blob, 'is shorter than it says')
  return content
}

function damaged(blob: PackedBlob, what: string): RedomaError {
  return new RedomaError('DATA_DAMAGED', `the blob ${blob.id} ${what}`)
}

function tooLong(blob: PackedBlob): RedomaError {
  return new RedomaError('LIMIT_EXCEEDED', `the blob ${blob.id} has ${contentLengthOf(blob)} bytes`)
}
