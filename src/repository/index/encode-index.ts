import type { ObjectId } from '../ids.ts'
import type { PackedBlob, PackedBlobs } from '../packs/packed-blob.ts'

/** What an index says of one pack: all of its blobs, since a pack belongs to one index. */
export interface IndexedPack {
  readonly id: ObjectId
  readonly blobs: readonly PackedBlob[]
}

/** A pack on its way into an index. */
export interface PackToIndex {
  readonly id: ObjectId
  readonly blobs: PackedBlobs
}

/** An index is written when it has so many blobs. */
export const maxIndexBlobs = 50_000

/** What is written of a pack and of a blob is shorter: names of fields, ids of 64 letters, numbers of ten digits. */
const maxPackText = 100
const maxBlobText = 200

export function encodeIndex(packs: readonly PackToIndex[]): Uint8Array {
  const blobCount = packs.reduce((sum, { blobs }) => sum + blobs.length, 0)
  // Pages that are never written to cost nothing; as strings, an index would take its length four times.
  const text = Buffer.allocUnsafeSlow(maxPackText * (1 + packs.length) + maxBlobText * blobCount)
  let end = 0
  const write = (words: string): void => {
    end += text.write(words, end, 'latin1')
  }
  write('{"packs":[')
  for (const [n, { id, blobs }] of packs.entries()) {
    write(`${n === 0 ? '' : ','}{"id":"${id}","blobs":[`)
    let separator = ''
    for (const blob of blobs) {
      write(separator + encodeBlob(blob))
      separator = ','
    }
    write(']}')
  }
  write(']}\n')
  return new Uint8Array(text.buffer, 0, end)
}

function encodeBlob(blob: PackedBlob): string {
  const uncompressed = blob.uncompressedLength > 0 ? `,"uncompressed_length":${blob.uncompressedLength}` : ''
  return `{"id":"${blob.id}","type":"${blob.type}","offset":${blob.offset},"length":${blob.length}${uncompressed}}`
}
