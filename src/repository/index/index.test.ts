import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blobIdFromBytes, objectIdFromBytes } from '../ids.ts'
import type { BlobType } from '../packs/packed-blob.ts'
import { decodeIndex } from './decode-index.ts'
import { encodeIndex, type IndexedPack } from './encode-index.ts'

const anyHash = fc.uint8Array({ minLength: 32, maxLength: 32 })
const anyPack: fc.Arbitrary<IndexedPack> = fc.record({
  id: anyHash.map((bytes) => objectIdFromBytes(bytes)),
  blobs: fc.array(
    fc.record({
      id: anyHash.map((bytes) => blobIdFromBytes(bytes)),
      type: fc.constantFrom<BlobType>('data', 'tree'),
      offset: fc.integer({ min: 0, max: 2 ** 31 }),
      length: fc.integer({ min: 32, max: 2 ** 31 - 1 }),
      uncompressedLength: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    }),
  ),
})

function decoded(json: string | Uint8Array): IndexedPack[] {
  const packs: IndexedPack[] = []
  decodeIndex(Buffer.from(json), (id, blobs) => packs.push({ id, blobs }))
  return packs
}

const id = 'ab'.repeat(32)
const index = (blob: object): string => JSON.stringify({ packs: [{ id, blobs: [blob] }] })
const blob = { id, type: 'data', offset: 0, length: 40 }

describe('index', () => {
  test('comes back as it was written', () => {
    fc.assert(
      fc.property(fc.array(anyPack), (packs) => {
        expect(decoded(encodeIndex(packs))).toEqual(packs)
      }),
    )
  })

  test('is written in the form of restic', () => {
    const packs = decoded(index({ ...blob, uncompressed_length: 90 }))

    expect(Buffer.from(encodeIndex(packs)).toString()).toBe(
      `${index({ ...blob, uncompressed_length: 90 })}\n`,
    )
  })

  test('of a pack with very many blobs, each as long as they come, has room for all', () => {
    const blobs = Array.from({ length: 10_000 }, (_, n) => ({
      id: blobIdFromBytes(new Uint8Array(32).fill(n % 251)),
      type: 'data' as const,
      offset: 2 ** 31 - n,
      length: 2 ** 31 - 1,
      uncompressedLength: 2 ** 32 - 1,
    }))
    const packs = [{ id: objectIdFromBytes(new Uint8Array(32)), blobs }]

    expect(decoded(encodeIndex(packs))).toEqual(packs)
  })

  test('fields that others add are passed over', () => {
    expect(decoded(JSON.stringify({ supersedes: [id], packs: [], packs_to_delete: [] }))).toEqual([])
    expect(decoded('{"packs":null}')).toEqual([])
    expect(decoded(index({ ...blob, extra: 1 }))).toHaveLength(1)
  })

  test.each([
    ['no object', '[]x'],
    ['a list for an object', '{"packs":{}}'],
    ['an unknown type', index({ ...blob, type: 'x' })],
    ['a negative offset', index({ ...blob, offset: -1 })],
    ['a fraction', index({ ...blob, length: 40.5 })],
    ['a length beyond 32 bits', index({ ...blob, length: 2 ** 32 })],
    ['an end beyond 32 bits', index({ ...blob, offset: 2 ** 32 - 1 })],
    ['a blob shorter than its envelope', index({ ...blob, length: 31 })],
    ['an id in capitals', index({ ...blob, id: id.toUpperCase() })],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('with %s is refused', (_what, json) => {
    expect(() => decoded(json)).toThrow(expect.objectContaining({ code: 'DATA_DAMAGED' }))
  })
})
