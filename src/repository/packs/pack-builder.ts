import { RedomaError } from '../../core/errors.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import { type Envelope, envelopeOverhead } from '../envelope/envelope.ts'
import { type ObjectId, objectIdFromBytes } from '../ids.ts'
import { compressedEntryBytes, writeEntryStart } from './pack-header.ts'
import type { BlobType } from './packed-blob.ts'

/** A pack is finished when it has become as long as this, its header included: of the smallest blobs that takes as much as they do. */
export const targetPackBytes = 16 * 1024 * 1024

export interface FinishedPack {
  readonly id: ObjectId
  /** All of the file, at the beginning of the builder's memory: good until the builder's next blob. */
  readonly bytes: Uint8Array
  readonly type: BlobType
  /**
   * Its header in the clear: what it says of its blobs, in 41 bytes each. As objects, those of a pack of very small files took
   * more memory than the pack.
   */
  readonly header: Uint8Array
  readonly blobCount: number
  /** Of its blobs as they are stored. */
  readonly blobBytes: number
  /** Of its blobs before compression. */
  readonly contentBytes: number
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
  /** The first `length` bytes of the room are now the blob of this id, of 32 bytes. */
  append(id: Uint8Array, length: number, uncompressedLength: number): void
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
  let header = new Uint8Array(64 * compressedEntryBytes)
  let headerBytes = 0
  let blobCount = 0
  let byteLength = 0
  let contentBytes = 0

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

  const append = (id: Uint8Array, length: number, uncompressedLength: number): void => {
    if (byteLength + length > 0xffff_ffff) throw new RedomaError('INTERNAL', 'a pack of more than 4 GiB')
    if (headerBytes + compressedEntryBytes > header.length) {
      const grown = new Uint8Array(2 * header.length)
      grown.set(header)
      header = grown
    }
    const idAt = writeEntryStart(header, headerBytes, type, length, uncompressedLength)
    header.set(id, idAt)
    headerBytes = idAt + id.length
    blobCount++
    byteLength += length
    contentBytes += uncompressedLength > 0 ? uncompressedLength : length - envelopeOverhead
  }

  const finish = (): FinishedPack => {
    if (blobCount === 0) throw new RedomaError('INTERNAL', 'a pack without blobs')
    const written = header.slice(0, headerBytes)
    const sealedBytes = written.length + envelopeOverhead
    const end = room(sealedBytes + 4)
    envelope.sealInto(written, end.subarray(0, sealedBytes))
    new DataView(end.buffer, end.byteOffset).setUint32(sealedBytes, sealedBytes, true)
    const bytes = memory.subarray(0, byteLength + end.length)
    const hash = new Uint8Array(32)
    primitives.sha256(bytes, hash)
    const finished = { type, header: written, blobCount, blobBytes: byteLength, contentBytes }
    headerBytes = blobCount = byteLength = contentBytes = 0
    return { id: objectIdFromBytes(hash), bytes, ...finished }
  }

  return {
    type,
    get blobCount() {
      return blobCount
    },
    get byteLength() {
      return byteLength
    },
    get isFull() {
      return byteLength + headerBytes >= targetBytes
    },
    room,
    append,
    finish,
  }
}
