import { RedomaError } from '../../core/errors.ts'
import { parseJson } from '../encoding/parse-json.ts'
import { envelopeOverhead } from '../envelope/envelope.ts'
import { type ObjectId, parseBlobId, parseObjectId } from '../ids.ts'
import type { BlobType, PackedBlob } from '../packs/packed-blob.ts'

type Fields = Readonly<Record<string, unknown>>

const maxLength = 0xffff_ffff

/**
 * Hands over what an index says of each pack, one pack after the other: an index has some 50,000 blobs, a repository may have
 * hundreds of indexes, and not all of that can be objects at once.
 *
 * @throws RedomaError `DATA_DAMAGED`
 */
export function decodeIndex(
  json: Uint8Array,
  visit: (pack: ObjectId, blobs: readonly PackedBlob[]) => void,
): void {
  const { packs } = fieldsOf(parseJson(json))
  for (const item of arrayOf(packs)) {
    const pack = fieldsOf(item)
    visit(parseObjectId(pack['id']), arrayOf(pack['blobs']).map(decodeBlob))
  }
}

function decodeBlob(value: unknown): PackedBlob {
  const fields = fieldsOf(value)
  const blob = {
    id: parseBlobId(fields['id']),
    type: blobType(fields['type']),
    offset: unsigned32(fields['offset']),
    length: unsigned32(fields['length']),
    uncompressedLength: unsigned32(fields['uncompressed_length'] ?? 0),
  }
  if (blob.length < envelopeOverhead || blob.offset + blob.length > maxLength)
    throw damaged('a blob of impossible length')
  return blob
}

function blobType(value: unknown): BlobType {
  if (value !== 'data' && value !== 'tree') throw damaged('a blob of unknown type')
  return value
}

function unsigned32(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > maxLength) {
    throw damaged('a number out of range')
  }
  return value
}

function arrayOf(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) throw damaged('a list is missing')
  return value
}

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw damaged('an object is missing')
  return value as Fields
}

function damaged(what: string): RedomaError {
  return new RedomaError('DATA_DAMAGED', `an index is damaged: ${what}`)
}
