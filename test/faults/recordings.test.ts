import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memoryDestination } from '../../src/destinations/memory.ts'
import type { Destination } from '../../src/ports/destination.ts'
import { type Fault, faultyDestination } from '../support/faulty-destination.ts'
import { copySamples, type RecordingsSetUp, recordingsSetUp } from '../support/recordings-set-up.ts'
import { digestsOf } from '../support/same-files.ts'

const faults: readonly Fault[] = ['fails-before', 'fails-after', 'keeps-half']
// Every call when there is time, a spread of them otherwise.
const step = process.env['SLOW'] === undefined ? 7 : 1

describe.each(faults)('a destination whose n-th call %s', (fault) => {
  test('never leads to a listed copy that does not open, and the next run completes the work', async () => {
    const { calls, recordings } = await countCalls(fault)
    for (let failAt = 1; failAt <= calls; failAt += step) {
      await using setUp = await withSamples()
      const originals = Object.values(await digestsOf(setUp.sessions)).toSorted()
      const healthy = memoryDestination()

      await setUp.backUp(faultyDestination(healthy, failAt, fault))
      const listed = await openAll(setUp, healthy)
      expect(listed.filter((digest) => !originals.includes(digest))).toEqual([])

      const second = await setUp.backUp(healthy)
      expect([failAt, second.outcome.kind]).not.toEqual([failAt, 'failed'])
      expect([failAt, await openAll(setUp, healthy)]).toEqual([failAt, originals])
      expect([failAt, (await setUp.copies()).length]).toEqual([failAt, recordings])
    }
  })
})

async function countCalls(fault: Fault): Promise<{ calls: number; recordings: number }> {
  await using setUp = await withSamples()
  const counting = faultyDestination(memoryDestination(), 0, fault)
  await setUp.backUp(counting)
  return { calls: counting.calls(), recordings: (await setUp.copies()).length }
}

async function withSamples(): Promise<RecordingsSetUp> {
  const setUp = await recordingsSetUp()
  await copySamples(setUp)
  await rm(join(setUp.sessions, 'sudo-io/seq'))
  return setUp
}

/** Opens all that the catalogue lists, and gives the digests of the files that came out. */
async function openAll(setUp: RecordingsSetUp, destination: Destination): Promise<string[]> {
  const digests: string[] = []
  for (const copy of await setUp.copies()) {
    const { path } = await setUp.open(destination, copy, join(setUp.scratch, copy.recordingId))
    digests.push(...Object.values(await digestsOf(path)))
    await rm(path, { recursive: true })
  }
  return digests.toSorted()
}
