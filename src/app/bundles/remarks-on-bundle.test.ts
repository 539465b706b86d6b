import { expect, test } from 'vitest'
import { aGlassWorld, sourceOf } from '../../../test/support/glass.ts'
import { memoryDestination } from '../../destinations/memory.ts'
import type { News } from '../../ports/notifier.ts'
import { remarksOnBundle } from './remarks-on-bundle.ts'

const time = new Date('2026-03-01T05:00:00Z')
const before = { scope: '', sequence: 4, name: 'x', sha256: 'a', bytes: 1, credentials: 1, createdAt: time }

test('a gap in the numbers and a clock that was set back are remarked on', () => {
  const earlier = new Date(time.getTime() - 3_600_000)

  expect(remarksOnBundle({ sequence: 5, time }, before)).toEqual([])
  expect(remarksOnBundle({ sequence: 1, time }, undefined)).toEqual([])
  expect(remarksOnBundle({ sequence: 6, time }, before)).toEqual([
    expect.stringMatching(/^Bundle 5 was begun/),
  ])
  expect(remarksOnBundle({ sequence: 9, time }, before)).toEqual([
    expect.stringMatching(/^Bundles 5 to 8 were/),
  ])
  expect(remarksOnBundle({ sequence: 5, time: earlier }, before)).toEqual([
    expect.stringContaining('The clock was set back: bundle 4'),
  ])
  expect(remarksOnBundle({ sequence: 5, time: new Date(time.getTime() - 60_000) }, before)).toEqual([])
})

test('such a bundle is published with warnings, and people are told; so they are of one that is not', async () => {
  await using world = await aGlassWorld()
  const shelf = memoryDestination()
  const told: News[] = []
  const notifier = { tell: async (news: News) => void told.push(news) }
  await world.backUp(shelf, { notifier })
  world.clock.advance(-3_600_000)

  const [back] = await world.backUp(shelf, { notifier })
  const [empty] = await world.backUp(shelf, { notifier, sources: async () => [sourceOf([])] })

  expect(back?.outcome).toMatchObject({ kind: 'done-with-warnings' })
  expect(empty?.outcome).toMatchObject({ kind: 'failed', failure: { code: 'SOURCE_EMPTY' } })
  expect(told).toMatchObject([
    { kind: 'bundle-doubtful', doubt: { published: true, sequence: 2 } },
    { kind: 'bundle-doubtful', doubt: { published: false } },
  ])
})
