import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { type BlobIndex, makeBlobIndex } from '../../src/repository/blob-index/blob-index.ts'
import type { Claims } from '../support/claim-blobs.ts'

const isSlow = process.env['SLOW'] !== undefined
const program = (name: string): URL => new URL(`../support/${name}`, import.meta.url)

const threads = 4

/** How many blobs each thread got, all claiming the same. */
async function claimTogether(index: BlobIndex, blobs: number): Promise<number[]> {
  const notReady = new SharedArrayBuffer(4)
  new Int32Array(notReady)[0] = threads
  const workerData: Claims = { memory: index.memory, blobs, notReady }
  const workers = Array.from({ length: threads }, () => new Worker(program('claim-blobs.ts'), { workerData }))
  const answers = await Promise.all(workers.map((worker) => once(worker, 'message')))
  return answers.map(([claimed]) => claimed as number)
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
const idOf = (n: number): Buffer => createHash('sha256').update(`${n}`).digest()

test('of several threads that claim the same blobs, one gets each', async () => {
  const blobs = 40_000
  const index = makeBlobIndex(blobs)

  const claimed = await claimTogether(index, blobs)

  expect(sum(claimed)).toBe(blobs)
  expect(index.size).toBe(blobs)
  expect(index.count - index.size).toBeLessThanOrEqual(threads)
  const numbers = new Set<number | undefined>()
  for (let n = 0; n < blobs; n++) numbers.add(index.numberOf('data', idOf(n)))
  expect(numbers.size).toBe(blobs)
  expect(numbers).not.toContain(undefined)
  const entries = Array.from({ length: index.count }, (_, n) => index.entryAt(n))
  expect(entries.filter((entry) => entry?.place?.length === 40)).toHaveLength(blobs)
})

test('while the table grows, a blob may be given to one thread more, and none is lost', async () => {
  const blobs = isSlow ? 600_000 : 120_000
  const index = makeBlobIndex()

  const claimed = await claimTogether(index, blobs)

  expect(index.size).toBe(sum(claimed))
  expect(sum(claimed)).toBeGreaterThanOrEqual(blobs)
  expect(sum(claimed)).toBeLessThanOrEqual(blobs + threads * 4)
  for (let n = 0; n < blobs; n++) expect(index.find('data', idOf(n))?.length).toBe(40)
})

test.each(isSlow ? [1_000_000, 6_300_000, 10_000_000] : [1_000_000])(
  '%i blobs take at most 64 bytes each, expected or not',
  (blobs) => {
    for (const expected of [0, blobs]) {
      const words = [program('fill-blob-index.ts').pathname, `${blobs}`, `${expected}`]
      const grown = JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as object

      expect(grown).toMatchObject({ size: blobs, found: blobs })
      expect((grown as { bytesPerBlob: number }).bytesPerBlob).toBeLessThanOrEqual(64)
    }
  },
)
