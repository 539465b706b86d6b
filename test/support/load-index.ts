import { loadIndex } from '../../src/repository/blob-index/load-index.ts'
import { openRepository } from '../../src/repository/open.ts'
import { peakMemoryBytes } from './peak-memory.ts'
import { placeAt } from './repositories.ts'

/*
 * `node test/support/load-index.ts REPOSITORY`: loads the index of a repository, and prints how long that took and how the
 * process has grown at its most. A process of its own, so that nothing else grows meanwhile.
 */
const [path = ''] = process.argv.slice(2)
const { signal } = new AbortController()
const repository = await openRepository(placeAt(path), signal)
const before = peakMemoryBytes()
const started = performance.now()
const { blobs, packs } = await loadIndex(repository, signal)
const seconds = (performance.now() - started) / 1000
const figures = { blobs: blobs.size, packs: packs.length, seconds, grownBytes: peakMemoryBytes() - before }
process.stdout.write(JSON.stringify(figures))
