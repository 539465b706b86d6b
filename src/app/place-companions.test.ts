import { describe, expect, test } from 'vitest'
import { aGlassWorld } from '../../test/support/glass.ts'
import { memoryDestination } from '../destinations/memory.ts'
import { type ObjectName, parseObjectName } from '../ports/destination.ts'

const base = { profile: 'classic', heldAt: new Date('2026-03-01T00:00:00Z') } as const
const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'
const quorum = { identityFile: Uint8Array.of(1, 1), shareList: Uint8Array.of(2, 2) }

describe('what lies beside the bundles', () => {
  test('is of every generation what it has: by password, by quorum, or both', async () => {
    await using world = await aGlassWorld()
    const objects = new Map<ObjectName, Uint8Array>()
    const read = (name: string) => objects.get(parseObjectName(`secrets/${name}`))
    const [first] = await world.catalogue.generations.list()
    const both = { ...base, recipient, fingerprint: 'b'.repeat(64), number: 2, quorum }
    await world.catalogue.generations.add({ ...both, passwordFile: Uint8Array.of(3) })

    await world.backUp(memoryDestination(objects))

    expect(read('identity.password.age')).toEqual(Uint8Array.of(3))
    expect(read('identity.quorum.age')).toEqual(quorum.identityFile)
    expect(read('shares.json')).toEqual(quorum.shareList)
    expect(read('identity.generation-1.password.age')).toEqual(first?.passwordFile)
  })

  test('never offers the password of a former generation for bundles that it does not open', async () => {
    await using world = await aGlassWorld()
    const objects = new Map<ObjectName, Uint8Array>()
    const shelf = memoryDestination(objects)
    await world.backUp(shelf)
    const [first] = await world.catalogue.generations.list()
    await world.catalogue.generations.add({
      ...base,
      recipient,
      fingerprint: 'c'.repeat(64),
      number: 2,
      quorum,
    })

    await world.backUp(shelf)

    const names = [...objects.keys()].filter((name) => /identity|shares/.test(name))
    expect(names.toSorted()).toEqual([
      'secrets/identity.generation-1.password.age',
      'secrets/identity.quorum.age',
      'secrets/shares.json',
    ])
    expect(objects.get(parseObjectName('secrets/identity.generation-1.password.age'))).toEqual(
      first?.passwordFile,
    )
    const lines = await world.catalogue.ledgers.lines(world.record.id)
    const removed = lines.filter(({ line }) => line.includes('"event":"removed"'))
    expect(removed.map(({ line }) => line)).toEqual([
      expect.stringContaining('"object":"secrets/identity.password.age"'),
    ])
  })
})
