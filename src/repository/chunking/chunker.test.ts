import { createCipheriv, createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeChunker, maxChunkBytes, minChunkBytes } from './chunker.ts'
import { cutStream } from './cut-stream.ts'

const polynomial = 0x3da3358b4dc173n
/** AES-256-CTR's key stream of a zero key: random to look at, the same everywhere. */
const noise = createCipheriv('aes-256-ctr', Buffer.alloc(32), Buffer.alloc(16)).update(
  Buffer.alloc(32 * 1024 * 1024),
)
const noiseCuts = [
  551133, 640712, 2766582, 898583, 2782732, 2263350, 531615, 1191198, 3039727, 3056265, 6102139, 872917,
  919848, 1608882, 1844092, 1605195, 2879462,
]
const chunker = makeChunker(polynomial)

async function lengthsOf(pieces: Iterable<Uint8Array>): Promise<number[]> {
  return Array.fromAsync(cutStream(chunker, pieces), (chunk) => chunk.length)
}

describe('chunker', () => {
  test('cuts where restic cuts', async () => {
    expect(createHash('sha256').update(noise).digest('hex')).toMatch(/^580881df.*282de687$/)
    expect(await lengthsOf([noise])).toEqual(noiseCuts)
  })

  test('cuts zeros at the shortest length, into the chunk that every restic knows', async () => {
    const [first] = await Array.fromAsync(cutStream(chunker, [new Uint8Array(2 * minChunkBytes)]), (chunk) =>
      createHash('sha256').update(chunk).digest('hex'),
    )

    expect(first).toBe('07854d2fef297a06ba81685e660c332de36d5d18d546927d30daad6d7fda1541')
    expect(await lengthsOf([new Uint8Array(2 * minChunkBytes)])).toEqual([minChunkBytes, minChunkBytes])
  })

  test('cuts at the longest length when nothing else says so', async () => {
    const ones = new Uint8Array(maxChunkBytes + 5).fill(1)

    expect(await lengthsOf([ones])).toEqual([maxChunkBytes, 5])
  })

  test('makes no chunk of an empty file, and one of a short file', async () => {
    expect(await lengthsOf([])).toEqual([])
    expect(await lengthsOf([new Uint8Array(minChunkBytes)])).toEqual([minChunkBytes])
    expect(await lengthsOf([new Uint8Array(1)])).toEqual([1])
  })

  test('cuts in the same places however it is fed', async () => {
    const data = noise.subarray(0, 6 * 1024 * 1024)
    const whole = await lengthsOf([data])
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 1_500_000 }), { minLength: 1 }), async (sizes) => {
        expect(await lengthsOf(pieces(data, sizes))).toEqual(whole)
      }),
      { numRuns: process.env['SLOW'] === undefined ? 10 : 500 },
    )
  })

  test('cuts where the plain fingerprint ends in zeros, and passes over no such place', () => {
    const [length = 0] = noiseCuts
    const passedOver = Array.from({ length: 40 }, (_, i) => minChunkBytes + i * 672)

    expect(endsInZeros(length)).toBe(true)
    expect(passedOver.filter(endsInZeros)).toEqual([])
  })
})

function* pieces(data: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < data.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    yield data.subarray(at, (at += size))
  }
}

/** The fingerprint as its definition has it, bit by bit: slow, and easy to believe. */
function endsInZeros(end: number): boolean {
  const bitByBit = (digest: bigint, byte: number): bigint => {
    let next = digest
    for (let bit = 7; bit >= 0; bit--) {
      next = (next << 1n) | BigInt((byte >> bit) & 1)
      if (next >> 53n !== 0n) next ^= polynomial
    }
    return next
  }
  const fingerprint = noise.subarray(end - 64, end).reduce<bigint>(bitByBit, 0n)
  return (fingerprint & 0xf_ffffn) === 0n
}
