import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { makeBlobIndex, shareBlobIndex } from './blob-index.ts'

const idOf = (n: number): Uint8Array => new Uint8Array(createHash('sha256').update(`${n}`).digest())

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
    index.put('data', idOf(1), place)
    expect(index.find('data', idOf(1))).toEqual(place)
    expect(index.find('tree', idOf(1))).toBeUndefined()
  })

  test('keeps every blob while it grows, for readers of before too', () => {
    const index = makeBlobIndex()
    const elsewhere = shareBlobIndex(index.memory)
    const count = 200_000

    for (let n = 0; n < count; n++)
      index.put('data', idOf(n), { pack: n, offset: n, length: 1, uncompressedLength: 0 })

    expect(index.size).toBe(count)
    for (let n = 0; n < count; n += 997) expect(elsewhere.find('data', idOf(n))?.pack).toBe(n)
    expect(elsewhere.has('data', idOf(count))).toBe(false)
  })
})
