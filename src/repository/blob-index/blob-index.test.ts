import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BlobPlace, makeBlobIndex, shareBlobIndex } from './blob-index.ts'

const idOf = (n: number): Uint8Array => new Uint8Array(createHash('sha256').update(`${n}`).digest())
const placeOf = (n: number): BlobPlace => ({ pack: n, offset: n, length: 40, uncompressedLength: 0 })

describe('the blob index', () => {
  test('lets one caller claim a blob, through whichever view', () => {
    const index = makeBlobIndex()
    const elsewhere = shareBlobIndex(index.memory)

    expect(index.claim('data', idOf(1))).toBe(true)
    expect(elsewhere.claim('data', idOf(1))).toBe(false)
    expect(elsewhere.claim('tree', idOf(1))).toBe(true)
    expect(index.size).toBe(2)
  })

  test('knows a claimed blob, but not where it lies until it is said', () => {
    const index = makeBlobIndex()
    const place = { pack: 7, offset: 4_000_000_000, length: 99, uncompressedLength: 3_000_000_000 }
    index.claim('data', idOf(1))

    expect(index.has('data', idOf(1))).toBe(true)
    expect(index.find('data', idOf(1))).toBeUndefined()
    expect(index.entryAt(0)).toEqual({ type: 'data', id: idOf(1), place: undefined })
    index.put('data', idOf(1), place)
    expect(index.find('data', idOf(1))).toEqual(place)
    expect(index.find('tree', idOf(1))).toBeUndefined()
  })

  test.each([0, 150_000, 1_000_000])(
    'keeps every blob while it grows, for readers of before too, with %i expected',
    (expected) => {
      const index = makeBlobIndex(expected)
      const elsewhere = shareBlobIndex(index.memory)
      const count = 200_000

      for (let n = 0; n < count; n++) index.put('data', idOf(n), placeOf(n))

      expect([index.size, index.count]).toEqual([count, count])
      for (let n = 0; n < count; n += 997) {
        expect(elsewhere.find('data', idOf(n))).toEqual(placeOf(n))
        expect(elsewhere.numberOf('data', idOf(n))).toBe(n)
        expect(elsewhere.entryAt(n)).toEqual({ type: 'data', id: idOf(n), place: placeOf(n) })
      }
      expect(elsewhere.has('data', idOf(count))).toBe(false)
    },
  )

  test('tells blobs apart whose ids are the same but for a bit', () => {
    const index = makeBlobIndex()
    for (let bit = 0; bit < 256; bit++) {
      const id = idOf(1)
      id[bit >> 3] = (id[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(index.claim('data', id)).toBe(true)
    }
    expect(index.has('data', idOf(1))).toBe(false)
  })

  test('says what a map would say', () => {
    const types = fc.constantFrom('data' as const, 'tree' as const)
    const step = fc.record({
      act: fc.constantFrom('claim', 'put', 'look'),
      type: types,
      // Few ids, of which many begin in the same slot.
      n: fc.integer({ min: 0, max: 40 }),
      offset: fc.integer({ min: 0, max: 3 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const index = makeBlobIndex()
        const model = new Map<string, BlobPlace | undefined>()
        for (const [at, { act, type, n, offset }] of steps.entries()) {
          const id = new Uint8Array(offset + 32)
          id.set(idOf(n), offset)
          if (n % 2 === 0) id.fill(7, offset, offset + 8)
          const key = `${type} ${n}`
          if (act === 'claim') {
            expect(index.claim(type, id, offset)).toBe(!model.has(key))
            if (!model.has(key)) model.set(key, undefined)
          } else if (act === 'put') {
            index.put(type, id, placeOf(at), offset)
            model.set(key, model.get(key) ?? placeOf(at))
          }
          expect(index.has(type, id, offset)).toBe(model.has(key))
          expect(index.find(type, id, offset)).toEqual(model.get(key))
          expect(index.size).toBe(model.size)
          const number = [...model.keys()].indexOf(key)
          expect(index.numberOf(type, id, offset)).toBe(number < 0 ? undefined : number)
        }
      }),
    )
  })
})
