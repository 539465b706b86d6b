import { expect, test } from 'vitest'
import { aGlassWorld, sourceOf } from '../../../test/support/glass.ts'
import { entriesOf } from '../../bundle/ledger/current-objects.ts'
import { openBundle } from '../../bundle/open-bundle.ts'
import { readIdentities } from '../../crypto/age/identity-file.ts'
import { openRandomAccess } from '../../crypto/age/random-access.ts'
import { loadPrimitives } from '../../crypto/native.ts'
import { memoryDestination } from '../../destinations/memory.ts'
import type { ObjectName } from '../../ports/destination.ts'
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
  const objects = new Map<ObjectName, Uint8Array>()
  const shelf = memoryDestination(objects)
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
  // Wherever it is found, it says so itself, and so does its ledger.
  const lines = entriesOf(await world.catalogue.ledgers.lines(world.record.id))
  expect(lines.filter(({ kind }) => kind === 'bundle').map(({ detail }) => detail['doubts'])).toEqual([
    undefined,
    1,
  ])
  const [generation] = await world.catalogue.generations.list()
  const identities = await readIdentities(
    generation?.passwordFile ?? new Uint8Array(),
    async () => world.masterPassword,
  )
  const doubts: unknown[] = []
  const bundles = [1, 2].map((number) => [...objects].find(([name]) => name.endsWith(`-${number}.age`))?.[1])
  for (const bytes of bundles.filter((found) => found !== undefined)) {
    const file = { size: bytes.length, read: async (start: number, end: number) => bytes.slice(start, end) }
    using reader = await openRandomAccess(file, { kind: 'identities', identities }, loadPrimitives())
    doubts.push((await openBundle(reader)).manifest.doubts)
  }
  expect(doubts).toEqual([undefined, [expect.stringContaining('The clock was set back')]])
})
