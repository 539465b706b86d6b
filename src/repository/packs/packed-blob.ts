import { envelopeOverhead } from '../envelope/envelope.ts'
import type { BlobId } from '../ids.ts'

export type BlobType = 'data' | 'tree'

/** One blob in a pack, as the pack's header and the index describe it. */
export interface PackedBlob {
  readonly id: BlobId
  readonly type: BlobType
  /** Where it begins in the pack. */
  readonly offset: number
  /** As stored, its envelope included. */
  readonly length: number
  /** Of its content, 0 when that is not compressed. */
  readonly uncompressedLength: number
}

/** Blobs that may be made only while somebody looks at them. */
export type PackedBlobs = Iterable<PackedBlob> & { readonly length: number }

/** How long its content is. */
export function contentLengthOf(blob: PackedBlob): number {
  return blob.uncompressedLength > 0 ? blob.uncompressedLength : blob.length - envelopeOverhead
}
