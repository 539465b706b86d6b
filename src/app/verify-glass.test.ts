import { describe, expect, test } from 'vitest'
import { aGlassWorld, type GlassWorld } from '../../test/support/glass.ts'
import { targetAt } from '../../test/support/target-at.ts'
import { memoryDestination } from '../destinations/memory.ts'
import { type Destination, type ObjectName, parseObjectName } from '../ports/destination.ts'
import { noProgress } from '../ports/progress.ts'
import { ledgerName, readAheadBytes } from './record-in-ledger.ts'
import { makeVerifyGlass } from './verify-glass.ts'

const signal = new AbortController().signal

async function* zeros(stop: AbortSignal): AsyncGenerator<Uint8Array> {
  while (!stop.aborted) yield new Uint8Array(1024 * 1024)
}

async function verified(
  world: GlassWorld,
  objects: Map<ObjectName, Uint8Array>,
  destination: Destination = memoryDestination(objects),
) {
  const { instance, ledgers } = world.catalogue
  const verify = makeVerifyGlass({ instance, ledgers, signingKey: () => world.catalogue.signingKey() })
  const verdict = await verify(targetAt(world.record, destination), noProgress, signal)
  return { ...verdict, found: verdict.problems.map(({ kind, object }) => `${kind} ${object}`) }
}

describe('verifying a destination', () => {
  test('finds nothing where nothing was touched, and names what was', async () => {
    await using world = await aGlassWorld()
    const objects = new Map<ObjectName, Uint8Array>()
    await world.backUp(memoryDestination(objects))
    await world.backUp(memoryDestination(objects))
    const [first, second] = [...objects.keys()].filter((name) => /-\d\.age$/.test(name)).toSorted()
    if (first === undefined || second === undefined) throw new Error('two bundles were made')

    expect(await verified(world, objects)).toMatchObject({ objects: 4, found: [] })

    objects.delete(first)
    objects.set(second, (objects.get(second) ?? new Uint8Array()).slice(0, -1))
    objects.set(parseObjectName('secrets/planted.age'), new Uint8Array(3))

    expect((await verified(world, objects)).found).toEqual([
      `missing ${first}`,
      `altered ${second}`,
      'unlisted secrets/planted.age',
    ])
  })

  test('finds a ledger that was set back or removed, and goes by what is remembered', async () => {
    await using world = await aGlassWorld()
    const objects = new Map<ObjectName, Uint8Array>()
    await world.backUp(memoryDestination(objects))
    const earlier = objects.get(ledgerName) ?? new Uint8Array()
    await world.backUp(memoryDestination(objects))

    objects.set(ledgerName, earlier)
    expect(await verified(world, objects)).toMatchObject({ objects: 4, found: ['ledger ledger.jsonl'] })
    objects.delete(ledgerName)
    expect(await verified(world, objects)).toMatchObject({ objects: 4, found: ['ledger ledger.jsonl'] })
  })

  test('of an instance that was restored from an older backup goes by the ledger that its key signed', async () => {
    await using world = await aGlassWorld()
    const { ledgers } = world.catalogue
    const objects = new Map<ObjectName, Uint8Array>()
    await world.backUp(memoryDestination(objects))
    const older = await ledgers.lines(world.record.id)
    await world.backUp(memoryDestination(objects))
    const remembered = { ...ledgers, lines: async () => older, acknowledged: async () => older.length }
    const rebuilt: GlassWorld = { ...world, catalogue: { ...world.catalogue, ledgers: remembered } }

    const ahead = await verified(rebuilt, objects)
    expect(ahead).toMatchObject({ objects: 4, found: [] })
    expect(ahead.notes).toMatchObject([expect.stringContaining(`its first ${older.length} lines`) as string])

    // What somebody else wrote behind our lines is none of ours.
    const ledger = Buffer.from(objects.get(ledgerName) ?? new Uint8Array())
    objects.set(
      ledgerName,
      Buffer.from(ledger.toString().replace(/"bytes":(\d+)(?!.*"bytes")/s, '"bytes":1$1')),
    )
    const forged = await verified(rebuilt, objects)
    expect(forged.notes).toEqual([])
    expect(forged.found).toContain('ledger ledger.jsonl')
  })

  test('reads no further than it must in an object that is longer than it was', async () => {
    await using world = await aGlassWorld()
    const objects = new Map<ObjectName, Uint8Array>()
    await world.backUp(memoryDestination(objects))
    const [bundle] = [...objects.keys()].filter((name) => /-\d\.age$/.test(name))
    if (bundle === undefined) throw new Error('a bundle was made')
    const endless = memoryDestination(objects)
    const get: Destination['get'] = (name, range, stop) =>
      name === bundle ? zeros(stop) : endless.get(name, range, stop)

    const { found } = await verified(world, objects, { ...endless, get })

    expect(found).toEqual([`altered ${bundle}`])
  })

  test('does not read a ledger that is far longer than its own', async () => {
    await using world = await aGlassWorld()
    const objects = new Map<ObjectName, Uint8Array>()
    await world.backUp(memoryDestination(objects))
    const ledger = objects.get(ledgerName) ?? new Uint8Array()
    const longer = new Uint8Array(ledger.length + readAheadBytes + 1)
    longer.set(ledger)
    objects.set(ledgerName, longer)

    const { problems, objects: whole } = await verified(world, objects)

    expect(problems.map(({ message }) => message)).toEqual(['the ledger is far longer than it can be'])
    expect(whole).toBe(3)
  })
})
