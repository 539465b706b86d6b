import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { currentObjects, entriesOf } from '../../src/bundle/ledger/current-objects.ts'
import { openBundle } from '../../src/bundle/open-bundle.ts'
import { readIdentities } from '../../src/crypto/age/identity-file.ts'
import { openRandomAccess } from '../../src/crypto/age/random-access.ts'
import { loadPrimitives } from '../../src/crypto/native.ts'
import { memoryDestination } from '../../src/destinations/memory.ts'
import type { ObjectName } from '../../src/ports/destination.ts'
import { faultyDestination } from '../support/faulty-destination.ts'
import { aGlassWorld, type GlassWorld } from '../support/glass.ts'

const signal = new AbortController().signal

describe('secrets, at a destination whose n-th call goes wrong', () => {
  test.each(['fails-before', 'fails-after', 'keeps-half'] as const)(
    'are never in the ledger with a bundle that cannot be opened (%s)',
    async (fault) => {
      for (let failAt = 1; ; failAt += 1) {
        await using world = await aGlassWorld()
        const objects = new Map<ObjectName, Uint8Array>()
        const inner = memoryDestination(objects)
        const faulty = faultyDestination(inner, failAt, fault)

        const [part] = await world.backUp(faulty)
        if (part?.outcome.kind !== 'failed') await expectListedBundlesOpen(world, objects, 1)
        await expectListedBundlesOpen(world, objects, 0)
        expect(await readdir(join(world.home, 'run'))).toEqual([])

        const [again] = await world.backUp(inner)
        // A ledger that was cut off in silence is found, kept aside and warned of.
        expect(again?.outcome.kind).not.toBe('failed')
        await expectListedBundlesOpen(world, objects, 1)
        if (faulty.calls() < failAt) return
      }
    },
  )
})

/** By the memory of the ledger, which is what every later ledger is written from. */
async function expectListedBundlesOpen(
  world: GlassWorld,
  objects: ReadonlyMap<ObjectName, Uint8Array>,
  least: number,
): Promise<void> {
  const listed = currentObjects(entriesOf(await world.catalogue.ledgers.lines(world.record.id)))
  const bundles = [...listed.values()].filter(({ kind }) => kind === 'bundle')
  expect(bundles.length).toBeGreaterThanOrEqual(least)
  const generation = await world.catalogue.generations.current()
  const identityFile = generation?.passwordFile ?? new Uint8Array()
  const identities = await readIdentities(identityFile, async () => world.masterPassword)
  for (const { object } of bundles) {
    const bytes = objects.get(object) ?? new Uint8Array()
    const file = { size: bytes.length, read: async (start: number, end: number) => bytes.slice(start, end) }
    using reader = await openRandomAccess(file, { kind: 'identities', identities }, loadPrimitives())
    expect(await (await openBundle(reader)).verify(signal)).toEqual([])
  }
}
