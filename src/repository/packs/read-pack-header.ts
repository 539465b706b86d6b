import { RedomaError } from '../../core/errors.ts'
import { type Envelope, envelopeOverhead } from '../envelope/envelope.ts'
import { compressedEntryBytes, decodePackHeader, plainEntryBytes } from './pack-header.ts'
import type { PackedBlob } from './packed-blob.ts'

const lengthBytes = 4
/** As restic's. */
const maxHeaderBytes = 16 * 1024 * 1024
/** Header and length of a pack of 15 blobs: most are read at once. */
const firstReadBytes = 15 * compressedEntryBytes + envelopeOverhead + lengthBytes

/** So many bytes of a pack, from `offset` on. */
export type ReadRange = (offset: number, length: number) => Promise<Uint8Array>

/**
 * What is in a pack of `packBytes`, by its own header, which lies at its end.
 *
 * @throws RedomaError `DATA_DAMAGED`; `LIMIT_EXCEEDED` when the header is longer than any
 */
export async function readPackHeader(
  read: ReadRange,
  packBytes: number,
  envelope: Envelope,
): Promise<readonly PackedBlob[]> {
  const guess = Math.min(packBytes, firstReadBytes)
  const tail = await read(packBytes - guess, guess)
  const sealedBytes = sealedHeaderBytes(tail, packBytes)
  const start = packBytes - lengthBytes - sealedBytes
  const sealed =
    sealedBytes + lengthBytes <= guess
      ? tail.subarray(guess - lengthBytes - sealedBytes, guess - lengthBytes)
      : await read(start, sealedBytes)
  return requireContiguous(decodePackHeader(envelope.open(sealed)), start)
}

/** What is in a pack that is in memory, by its own header. */
export function packHeaderOf(pack: Uint8Array, envelope: Envelope): readonly PackedBlob[] {
  const { header, start } = openPackHeader(pack, envelope)
  return requireContiguous(decodePackHeader(header), start)
}

/** The header of a pack that is in memory, in the clear, and where it begins. Nothing of what it says was looked at. */
export function openPackHeader(
  pack: Uint8Array,
  envelope: Envelope,
): { readonly header: Uint8Array; readonly start: number } {
  const end = pack.length - lengthBytes
  const start = end - sealedHeaderBytes(pack, pack.length)
  return { header: envelope.open(pack.subarray(start, end)), start }
}

/** How long a pack of these blobs is. */
export function packBytesOf(blobs: readonly Pick<PackedBlob, 'length' | 'uncompressedLength'>[]): number {
  const entries = blobs.reduce(
    (sum, blob) => sum + blob.length + (blob.uncompressedLength > 0 ? compressedEntryBytes : plainEntryBytes),
    0,
  )
  return entries + envelopeOverhead + lengthBytes
}

function sealedHeaderBytes(tail: Uint8Array, packBytes: number): number {
  if (tail.length < lengthBytes) throw damaged('is cut off')
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
  const length = view.getUint32(tail.length - lengthBytes, true)
  if (length < envelopeOverhead + plainEntryBytes || length + lengthBytes > packBytes) {
    throw damaged('has a header of impossible length')
  }
  if (length > maxHeaderBytes) throw new RedomaError('LIMIT_EXCEEDED', `a pack header of ${length} bytes`)
  return length
}

function requireContiguous(blobs: readonly PackedBlob[], headerOffset: number): readonly PackedBlob[] {
  const end = blobs.reduce((sum, blob) => sum + blob.length, 0)
  if (end !== headerOffset) throw damaged(`holds blobs of ${end} bytes in ${headerOffset}`)
  return blobs
}

function damaged(what: string): RedomaError {
  return new RedomaError('DATA_DAMAGED', `a pack ${what}`)
}
