import { RedomaError } from '../../core/errors.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import { type Envelope, envelopeOverhead } from '../envelope/envelope.ts'
import { type BlobId, type ObjectId, objectIdFromBytes } from '../ids.ts'
import { encodePackHeader } from './pack-header.ts'
import type { BlobType, PackedBlob } from './packed-blob.ts'
import { packBytesOf } from './read-pack-header.ts'

/** A pack is finished when it has become as long as this. */
export const targetPackBytes = 16 * 1024 * 1024

export interface FinishedPack {
  readonly id: ObjectId
  /** All of the file, at the beginning of the builder's memory: good until the builder's next blob. */
  readonly bytes: Uint8Array
  readonly blobs: readonly PackedBlob[]
}

/** A pack in the making. Data and trees never share one. */
export interface PackBuilder {
  readonly type: BlobType
  readonly blobCount: number
  /** Of the blobs so far, without the header. */
  readonly byteLength: number
  /** Whether it is long enough to be finished. */
  readonly isFull: boolean
  /** Room at the end of the pack for a sealed blob of up to `length` bytes, so that it can be sealed in place. */
  room(length: number): Uint8Array
  /** The first `length` bytes of the room are now the blob `id`. */
  append(id: BlobId, length: number, uncompressedLength: number): void
  /** Writes the header; afterwards the builder is empty. */
  finish(): FinishedPack
}

/** A pack grows in `memory`, and takes more when that is too small. */
export function makePackBuilder(
  type: BlobType,
  envelope: Envelope,
  primitives: Primitives,
  targetBytes: number = targetPackBytes,
  memory: Uint8Array = new Uint8Array(0),
): PackBuilder {
  let blobs: PackedBlob[] = []
  let byteLength = 0

  const room = (length: number): Uint8Array => {
    if (byteLength + length > memory.length) {
      const grown = new Uint8Array(
        Math.max(byteLength + length, Math.min(2 * memory.length, targetBytes + length)),
      )
      grown.set(memory.subarray(0, byteLength))
      memory = grown
    }
    return memory.subarray(byteLength, byteLength + length)
  }

  const append = (id: BlobId, length: number, uncompressedLength: number): void => {
    if (byteLength + length > 0xffff_ffff) throw new RedomaError('INTERNAL', 'a pack of more than 4 GiB')
    blobs.push({ id, type, offset: byteLength, length, uncompressedLength })
    byteLength += length
  }

  const finish = (): FinishedPack => {
    const finished = blobs
    if (finished.length === 0) throw new RedomaError('INTERNAL', 'a pack without blobs')
    const header = encodePackHeader(finished)
    const sealedBytes = header.length + envelopeOverhead
    const end = room(sealedBytes + 4)
    envelope.sealInto(header, end.subarray(0, sealedBytes))
    new DataView(end.buffer, end.byteOffset).setUint32(sealedBytes, sealedBytes, true)
    const bytes = memory.subarray(0, packBytesOf(finished))
    const hash = new Uint8Array(32)
    primitives.sha256(bytes, hash)
    blobs = []
    byteLength = 0
    return { id: objectIdFromBytes(hash), bytes, blobs: finished }
  }

  return {
    type,
    get blobCount() {
      return blobs.length
    },
    get byteLength() {
      return byteLength
    },
    get isFull() {
      return byteLength >= targetBytes
    },
    room,
    append,
    finish,
  }
}
