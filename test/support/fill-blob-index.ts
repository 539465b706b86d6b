import { randomFillSync } from 'node:crypto'
import { makeBlobIndex } from '../../src/repository/blob-index/blob-index.ts'

/*
 * `node test/support/fill-blob-index.ts COUNT EXPECTED`: fills a blob index with COUNT blobs, looks each of them up, and prints
 * how the process has grown by it and how long it took. A process of its own, so that nothing else grows meanwhile.
 */
const [count = 0, expected = 0] = process.argv.slice(2).map(Number)
const idsAtOnce = 4096
const ids = randomFillSync(new Uint8Array(32 * idsAtOnce))
const words = new Uint32Array(ids.buffer)

fill(100_000, 0) // For the code to be compiled.
process.stdout.write(JSON.stringify(fill(count, expected)))

function fill(blobs: number, expectedBlobs: number): object {
  const before = process.memoryUsage().rss
  const index = makeBlobIndex(expectedBlobs)
  let found = 0
  const putNs = timeEach(blobs, (n, offset) => {
    index.put('data', ids, { pack: n >>> 4, offset: n, length: 40, uncompressedLength: 0 }, offset)
  })
  const findNs = timeEach(blobs, (n, offset) => {
    if (index.find('data', ids, offset)?.offset === n) found++
  })
  const missNs = timeEach(blobs, (_n, offset) => {
    if (index.has('tree', ids, offset)) found--
  })
  const bytesPerBlob = (process.memoryUsage().rss - before) / blobs
  return { size: index.size, found, bytesPerBlob, putNs, findNs, missNs }
}

/** In nanoseconds, the mean. */
function timeEach(blobs: number, work: (n: number, offset: number) => void): number {
  const started = performance.now()
  for (let n = 0; n < blobs; n++) {
    if (n % idsAtOnce === 0) nameFrom(n)
    work(n, (n % idsAtOnce) * 32)
  }
  return Math.round(((performance.now() - started) * 1e6) / blobs)
}

/** Writes the number of each blob into its id. */
function nameFrom(first: number): void {
  for (let n = 0; n < idsAtOnce; n++) {
    words[n * 8] = Math.imul(first + n, 0x9e37_79b1)
    words[n * 8 + 1] = Math.imul(first + n, 0x85eb_ca6b)
  }
}
