import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { isRedomaError } from '../../core/errors.ts'
import { parseObjectName } from '../../ports/destination.ts'
import { type Content, piecesOf } from './body.ts'

const name = parseObjectName('a/b')
const { signal } = new AbortController()

/** Chunks in one and the same memory, each good only until the next is asked for. */
async function* fleeting(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  const memory = new Uint8Array(chunkBytes)
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
    const chunk = bytes.subarray(offset, offset + chunkBytes)
    memory.set(chunk)
    yield memory.subarray(0, chunk.length)
    memory.fill(0xee)
  }
}

function pieces(bytes: Uint8Array, chunkBytes: number, full: number, size?: number): Promise<Content[]> {
  const body = { open: () => fleeting(bytes, chunkBytes), ...(size === undefined ? {} : { size }) }
  return Array.fromAsync(piecesOf(name, body, () => full, signal))
}

describe('the pieces of a body', () => {
  test.each([
    [0, 10, 100],
    [100, 10, 100],
    [101, 10, 100],
    [3_500_000, 7001, 1_200_000],
    [3_500_000, 3_500_000, 1_048_576],
    [2_097_152, 65_536, 2_097_152],
  ])('of %i bytes in chunks of %i are full to %i, and hold the same bytes', async (length, chunk, full) => {
    const bytes = randomBytes(length)
    const found = await pieces(bytes, chunk, full)

    expect(Buffer.concat(found.flatMap(({ blocks }) => blocks)).equals(bytes)).toBe(true)
    expect(found.slice(0, -1).every((piece) => piece.length === full)).toBe(true)
    expect(found).toHaveLength(Math.max(1, Math.ceil(length / full)))
    for (const { blocks, sha256 } of found) {
      expect(createHash('sha256').update(Buffer.concat(blocks)).digest('hex')).toBe(sha256)
    }
  })

  test('a body that is one chunk is not copied', async () => {
    const bytes = randomBytes(100)
    const body = {
      size: 100,
      async *open() {
        yield bytes
      },
    }
    const [piece] = await Array.fromAsync(piecesOf(name, body, () => 100, signal))

    expect(piece?.blocks[0]?.buffer).toBe(bytes.buffer)
  })

  test.each([99, 101, 0])('a body of 100 bytes that says it has %i is refused', async (size) => {
    for (const chunk of [100, 7]) {
      await expect(pieces(randomBytes(100), chunk, 1000, size)).rejects.toSatisfy((error) =>
        isRedomaError(error, 'DATA_DAMAGED'),
      )
    }
  })

  test('who stops is heard between two chunks', async () => {
    const stop = new AbortController()
    const body = {
      async *open() {
        yield randomBytes(10)
        stop.abort(new Error('stopped'))
        yield randomBytes(10)
      },
    }
    const all = Array.fromAsync(piecesOf(name, body, () => 100, stop.signal))

    await expect(all).rejects.toThrow('stopped')
  })
})
