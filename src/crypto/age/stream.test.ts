import { setImmediate } from 'node:timers/promises'
import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { collectBytes } from '../../core/bytes.ts'
import { oneAhead } from '../../core/one-ahead.ts'
import { loadPrimitives } from '../native.ts'
import { roomInTurns } from './pieces.ts'
import { chunkBytes, chunkNonce, openStream, sealedChunkBytes, sealStream } from './stream.ts'

const primitives = loadPrimitives()
const key = Uint8Array.from({ length: 32 }, (_, index) => index)
const isSlow = process.env['SLOW'] !== undefined
const numRuns = isSlow ? 1000 : 40
const longPattern = Uint8Array.from({ length: 4 * chunkBytes }, (_, index) => index ^ (index >> 8))
const damaged = { code: 'DATA_DAMAGED' }

/** Lengths at the borders, where such code goes wrong. */
const lengths = [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 2 * chunkBytes, 3 * chunkBytes + 5]
const anyLength = fc.oneof(fc.constantFrom(...lengths), fc.nat(4 * chunkBytes))
/** How the bytes come: lengths of parts, over and over. */
const anyFeeding = fc.array(
  fc.oneof(fc.nat(100), fc.nat(3 * chunkBytes), fc.constantFrom(0, chunkBytes, sealedChunkBytes)),
  { minLength: 1, maxLength: 5 },
)

describe('the stream of an age payload', () => {
  property.prop([anyLength, anyFeeding, anyFeeding], { numRuns })(
    'opens to what was sealed, however both are fed',
    async (length, sealing, opening) => {
      const plaintext = pattern(length)

      const sealed = await collect(sealStream(key, fed(plaintext, sealing), primitives))
      const opened = await collect(openStream(key, fed(sealed, opening), primitives))

      expect(sealed.length).toBe(length + 16 * Math.max(1, Math.ceil(length / chunkBytes)))
      expect(same(opened, plaintext)).toBe(true)
    },
  )

  property.prop([anyLength, fc.nat(), fc.integer({ min: 1, max: 255 })], { numRuns })(
    'refuses any altered byte',
    async (length, at, change) => {
      const sealed = await sealAll(pattern(length))
      const index = at % sealed.length
      sealed[index] = (sealed[index] ?? 0) ^ change

      await expect(openAll(sealed)).rejects.toMatchObject(damaged)
    },
  )

  property.prop([anyLength, fc.nat()], { numRuns })('refuses to be cut off anywhere', async (length, at) => {
    const sealed = await sealAll(pattern(length))

    await expect(openAll(sealed.subarray(0, at % sealed.length))).rejects.toMatchObject(damaged)
  })

  test.each(lengths)('of %i bytes refuses to be cut off at a border, and to go on', async (length) => {
    const sealed = await sealAll(pattern(length))
    for (let border = 0; border < sealed.length; border += sealedChunkBytes) {
      await expect(openAll(sealed.subarray(0, border))).rejects.toMatchObject(damaged)
    }
    await expect(openAll(Buffer.concat([sealed, Buffer.of(0)]))).rejects.toMatchObject(damaged)
    await expect(openAll(Buffer.concat([sealed, sealed]))).rejects.toMatchObject(damaged)
  })

  test('refuses chunks in another order', async () => {
    const sealed = await sealAll(pattern(3 * chunkBytes))
    const [first, second, last] = [0, 1, 2].map((index) =>
      sealed.subarray(index * sealedChunkBytes, (index + 1) * sealedChunkBytes),
    )

    const swapped = Buffer.concat([second, first, last].filter((chunk) => chunk !== undefined))

    await expect(openAll(swapped)).rejects.toMatchObject(damaged)
  })

  test('refuses an empty last chunk, though it is authentic', async () => {
    const full = new Uint8Array(sealedChunkBytes)
    const empty = new Uint8Array(16)
    primitives.chacha20Poly1305Seal(key, chunkNonce(0, false), pattern(chunkBytes), full)
    primitives.chacha20Poly1305Seal(key, chunkNonce(1, true), new Uint8Array(0), empty)

    await expect(openAll(Buffer.concat([full, empty]))).rejects.toMatchObject(damaged)
  })

  test('yields what is authentic before it finds what is not', async () => {
    const sealed = await sealAll(pattern(2 * chunkBytes))
    const yielded: Uint8Array[] = []

    const reading = async () => {
      for await (const part of openStream(key, fed(sealed.subarray(0, -1), [sealedChunkBytes]), primitives)) {
        yielded.push(part)
      }
    }

    await expect(reading()).rejects.toMatchObject(damaged)
    expect(same(Buffer.concat(yielded), pattern(chunkBytes))).toBe(true)
  })

  test('never writes again to what it yielded', async () => {
    const plaintext = pattern(4 * chunkBytes)
    const parts = await Array.fromAsync(sealStream(key, fed(plaintext, [1000]), primitives))

    expect(same(await openAll(Buffer.concat(parts)), plaintext)).toBe(true)
  })

  property.prop([anyLength, anyFeeding, anyFeeding], { numRuns })(
    'is the same in two pieces of memory by turns, for a reader that keeps nothing',
    async (length, sealing, opening) => {
      const plaintext = pattern(length)

      const sealed = await copyEach(sealStream(key, fed(plaintext, sealing), primitives, roomInTurns()))
      const opened = await copyEach(openStream(key, fed(sealed, opening), primitives, roomInTurns()))

      expect(same(sealed, await sealAll(plaintext))).toBe(true)
      expect(same(opened, plaintext)).toBe(true)
    },
  )

  test('takes two pieces of memory by turns, so that one is good while the next is made', async () => {
    const plaintext = pattern(4 * chunkBytes)
    const feeding = [2 * chunkBytes]
    const expected = await Array.fromAsync(sealStream(key, fed(plaintext, feeding), primitives))

    const parts = sealStream(key, fed(plaintext, feeding), primitives, roomInTurns())[Symbol.asyncIterator]()
    const [first, second] = [await parts.next(), await parts.next()]

    expect(same(first.value as Uint8Array, expected[0] ?? plaintext)).toBe(true)
    expect(same(second.value as Uint8Array, expected[1] ?? plaintext)).toBe(true)
    const third = await parts.next()
    expect((third.value as Uint8Array).buffer).toBe((first.value as Uint8Array).buffer)
  })

  test('counts chunks beyond 32 bits', () => {
    expect(Buffer.from(chunkNonce(2 ** 33 + 5, true)).toString('hex')).toBe('000000000000020000000501')
  })
})

const sealAll = (plaintext: Uint8Array) => collect(sealStream(key, fed(plaintext, [1 << 20]), primitives))
const openAll = (sealed: Uint8Array) => collect(openStream(key, fed(sealed, [1 << 20]), primitives))

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return (await collectBytes(chunks, 1e9)).slice()
}

/** As somebody who writes each to a disk while the next one is made. */
async function copyEach(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const copies: Uint8Array[] = []
  for await (const chunk of oneAhead(chunks)) {
    await setImmediate()
    copies.push(chunk.slice())
  }
  return Buffer.concat(copies)
}

async function* fed(bytes: Uint8Array, lengthsOfParts: readonly number[]) {
  // A feeding of nothing but empty parts would never end.
  const parts = lengthsOfParts.some((length) => length > 0) ? lengthsOfParts : [...lengthsOfParts, 7000]
  for (let start = 0, index = 0; start < bytes.length; index++) {
    const length = parts[index % parts.length] ?? 1
    yield bytes.slice(start, start + length)
    start += length
  }
}

function pattern(length: number): Uint8Array {
  return longPattern.slice(0, length)
}

/** Compared as a whole: a diff of two 200 KB arrays takes the runner minutes. */
function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}
