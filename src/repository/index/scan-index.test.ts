import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex } from '../../core/bytes.ts'
import { isRedomaError } from '../../core/errors.ts'
import { blobIdFromBytes, objectIdFromBytes } from '../ids.ts'
import type { BlobType } from '../packs/packed-blob.ts'
import { decodeIndex } from './decode-index.ts'
import { encodeIndex, type IndexedPack } from './encode-index.ts'
import { readIndex } from './read-index.ts'
import { type IndexVisitor, scanIndex } from './scan-index.ts'

const numRuns = process.env['SLOW'] === undefined ? 2_000 : 200_000
const anyId = fc.uint8Array({ minLength: 32, maxLength: 32 })
const anyBlob = fc.record({
  id: anyId.map((bytes) => blobIdFromBytes(bytes)),
  type: fc.constantFrom<BlobType>('data', 'tree'),
  offset: fc.nat(2 ** 31 - 1),
  length: fc.integer({ min: 32, max: 2 ** 31 - 1 }),
  uncompressedLength: fc.oneof(fc.constant(0), fc.nat(2 ** 31 - 1)),
})
const anyPack = fc.record<IndexedPack>({
  id: anyId.map((bytes) => objectIdFromBytes(bytes)),
  blobs: fc.array(anyBlob, { minLength: 1, maxLength: 4 }),
})
const someIndex = fc.array(anyPack, { minLength: 1, maxLength: 4 }).map(encodeIndex)

/** A visitor that writes down what it is told. */
function listener(): { readonly said: unknown[]; readonly visitor: IndexVisitor } {
  const said: unknown[] = []
  const visitor: IndexVisitor = {
    pack: (id) => said.push(toHex(id)),
    blob: (type, id, offset, length, uncompressedLength) =>
      said.push({ id: toHex(id), type, offset, length, uncompressedLength }),
  }
  return { said, visitor }
}

function scanned(json: Uint8Array): unknown[] | undefined {
  const { said, visitor } = listener()
  if (scanIndex(json, visitor)) return said
  expect(said).toEqual([])
  return undefined
}

/** What the decoder says, or that it refuses. */
function decoded(json: Uint8Array): unknown[] | 'refused' {
  const said: unknown[] = []
  try {
    decodeIndex(json, (pack, blobs) => said.push(pack, ...blobs))
    return said
  } catch (error) {
    if (!isRedomaError(error, 'DATA_DAMAGED')) throw error
    return 'refused'
  }
}

const hex = (digit: string): string => digit.repeat(64)
const blob = `{"id":"${hex('b')}","type":"data","offset":0,"length":40}`
const index = (blobs: string): Buffer => Buffer.from(`{"packs":[{"id":"${hex('a')}","blobs":[${blobs}]}]}`)

describe('scanning an index', () => {
  test('says what decoding says', () => {
    fc.assert(
      fc.property(someIndex, (json) => {
        expect(scanned(json)).toEqual(decoded(json))
      }),
    )
  })

  test('never says anything of altered bytes that decoding does not say', () => {
    const digits = fc.constantFrom(...Buffer.from('0129abfF{}[]",:.-e\\ \n\xff', 'latin1'))
    const change = fc.record({ at: fc.nat(), to: digits, kind: fc.constantFrom('set', 'insert', 'remove') })
    let known = 0
    fc.assert(
      fc.property(someIndex, fc.array(change, { maxLength: 2 }), (json, changes) => {
        const bytes = [...json]
        for (const { at, to, kind } of changes)
          bytes.splice(at % bytes.length, kind === 'insert' ? 0 : 1, ...(kind === 'remove' ? [] : [to]))
        const altered = Uint8Array.from(bytes)
        const said = scanned(altered)
        if (said === undefined) return
        known++
        expect(said).toEqual(decoded(altered))
      }),
      { numRuns },
    )
    expect(known).toBeGreaterThan(numRuns / 10)
  })

  test('knows the indexes that older restics write, which name those that they stand for', () => {
    const json = Buffer.from(
      `{"supersedes":["${hex('1')}","${hex('2')}"],"packs":[{"id":"${hex('a')}","blobs":[${blob}]}]}\n`,
    )

    expect(scanned(json)).toHaveLength(2)
  })

  test.each([
    ['spaces', index(` ${blob}`)],
    ['other fields', index(blob.replace('"offset"', '"extra":1,"offset"'))],
    ['no blobs', index('')],
    ['a second list of packs', Buffer.from(index(blob).toString().replace(/\}$/, ',"packs":[]}'))],
    ['something behind it', Buffer.concat([index(blob), Buffer.from('{}')])],
    ['a number too long', index(blob.replace('40', '99999999999'))],
    ['a number with a zero in front', index(blob.replace('40', '040'))],
    ['a blob shorter than its envelope', index(blob.replace('40', '31'))],
    ['an end beyond 32 bits', index(blob.replace(':0,', ':4294967290,'))],
    ['an id in capitals', index(blob.replaceAll('b'.repeat(64), 'B'.repeat(64)))],
    ['nothing', Buffer.from('')],
  ])('leaves one with %s to the decoder', (_what, json) => {
    expect(scanned(json)).toBeUndefined()
  })

  test('whatever the layout, reading says what decoding says', () => {
    const json = index(` ${blob},${blob.replace('"id"', '"more":{},"id"')}`)
    const { said, visitor } = listener()
    readIndex(json, visitor)

    expect(said).toEqual(decoded(json))
    expect(said).toHaveLength(3)
  })
})
