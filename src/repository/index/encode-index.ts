import type { ObjectId } from '../ids.ts'
import type { PackedBlob } from '../packs/packed-blob.ts'

/** What an index says of one pack: all of its blobs, since a pack belongs to one index. */
export interface IndexedPack {
  readonly id: ObjectId
  readonly blobs: readonly PackedBlob[]
}

/** An index is written when it has so many blobs. */
export const maxIndexBlobs = 50_000

export function encodeIndex(packs: readonly IndexedPack[]): Uint8Array {
  return new Uint8Array(Buffer.from(`{"packs":[${packs.map(encodePack).join()}]}\n`))
}

function encodePack({ id, blobs }: IndexedPack): string {
  return `{"id":"${id}","blobs":[${blobs.map(encodeBlob).join()}]}`
}

function encodeBlob(blob: PackedBlob): string {
  const uncompressed = blob.uncompressedLength > 0 ? `,"uncompressed_length":${blob.uncompressedLength}` : ''
  return `{"id":"${blob.id}","type":"${blob.type}","offset":${blob.offset},"length":${blob.length}${uncompressed}}`
}
