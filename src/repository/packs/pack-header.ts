import { RedomaError } from '../../core/errors.ts'
import { blobIdFromBytes, idBytes, writeId } from '../ids.ts'
import type { BlobType, PackedBlob, PackedBlobs } from './packed-blob.ts'

/** Bytes of an entry: type, length, (uncompressed length,) id. */
export const plainEntryBytes = 1 + 4 + idBytes
export const compressedEntryBytes = plainEntryBytes + 4

/** First byte of an entry, the bits of which are: 1 a tree, 2 compressed. */
const treeBit = 1
const compressedBit = 2

/** The header of a pack before it is sealed: one entry a blob, in order; offsets follow from the lengths. */
export function encodePackHeader(blobs: readonly PackedBlob[]): Uint8Array {
  const header = new Uint8Array(blobs.reduce((sum, blob) => sum + entryBytes(blob), 0))
  let at = 0
  for (const blob of blobs) {
    const idAt = writeEntryStart(header, at, blob.type, blob.length, blob.uncompressedLength)
    writeId(blob.id, header, idAt)
    at = idAt + idBytes
  }
  return header
}

/** @throws RedomaError `DATA_DAMAGED` */
export function decodePackHeader(header: Uint8Array): PackedBlob[] {
  const blobs: PackedBlob[] = []
  walkPackHeader(header, (type, offset, length, uncompressedLength, idAt) => {
    blobs.push({ id: blobIdFromBytes(header, idAt), type, offset, length, uncompressedLength })
  })
  return blobs
}

/**
 * The blobs of a header that a builder wrote, each made when its turn comes: of a pack of very small files there are 100,000.
 *
 * @param count how many there are
 */
export function blobsInHeader(header: Uint8Array, count: number): PackedBlobs {
  function* entries(): Generator<PackedBlob> {
    let offset = 0
    for (let at = 0; at < header.length; ) {
      const end = at + (((header[at] ?? 0) & compressedBit) === 0 ? plainEntryBytes : compressedEntryBytes)
      for (const blob of decodePackHeader(header.subarray(at, end))) {
        yield { ...blob, offset }
        offset += blob.length
      }
      at = end
    }
  }
  return { length: count, [Symbol.iterator]: entries }
}

/**
 * The entries of a header one after the other, with nothing made for them: a pack of small files has 12,000. The id of each
 * is in the header at `idAt`. Returns where the last blob ends.
 *
 * @throws RedomaError `DATA_DAMAGED`
 */
export function walkPackHeader(
  header: Uint8Array,
  visit: (type: BlobType, offset: number, length: number, uncompressedLength: number, idAt: number) => void,
): number {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  let offset = 0
  if (header.length === 0) throw damaged('is empty')
  for (let at = 0; at < header.length; ) {
    const kind = view.getUint8(at)
    if (kind > (treeBit | compressedBit)) throw damaged(`has an entry of the unknown kind ${kind}`)
    const isCompressed = (kind & compressedBit) !== 0
    const end = at + (isCompressed ? compressedEntryBytes : plainEntryBytes)
    if (end > header.length) throw damaged('is cut off')
    const length = view.getUint32(at + 1, true)
    const uncompressedLength = isCompressed ? view.getUint32(at + 5, true) : 0
    if (isCompressed && uncompressedLength === 0) throw damaged('has a compressed blob of no length')
    visit((kind & treeBit) !== 0 ? 'tree' : 'data', offset, length, uncompressedLength, end - idBytes)
    at = end
    offset += length
  }
  return offset
}

export function entryBytes(blob: Pick<PackedBlob, 'uncompressedLength'>): number {
  return blob.uncompressedLength > 0 ? compressedEntryBytes : plainEntryBytes
}

/** All of an entry but the id of the blob; returns where that goes, as the last of the entry. */
export function writeEntryStart(
  header: Uint8Array,
  at: number,
  type: BlobType,
  length: number,
  uncompressedLength: number,
): number {
  const isCompressed = uncompressedLength > 0
  header[at] = (type === 'tree' ? treeBit : 0) | (isCompressed ? compressedBit : 0)
  writeUnsigned32(header, at + 1, length)
  if (isCompressed) writeUnsigned32(header, at + 5, uncompressedLength)
  return at + entryBytes({ uncompressedLength }) - idBytes
}

/** Little-endian. */
function writeUnsigned32(out: Uint8Array, at: number, value: number): void {
  for (let n = 0; n < 4; n++) out[at + n] = value >>> (8 * n)
}

function damaged(what: string): RedomaError {
  return new RedomaError('DATA_DAMAGED', `the header of a pack ${what}`)
}
