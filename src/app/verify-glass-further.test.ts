import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aCredential, aGlassWorld, type GlassWorld } from '../../test/support/glass.ts'
import { targetAt } from '../../test/support/target-at.ts'
import { entriesOf } from '../bundle/ledger/current-objects.ts'
import { judgeBundles } from '../bundle/ledger/judge-bundles.ts'
import { readIdentities } from '../crypto/age/identity-file.ts'
import { loadPrimitives } from '../crypto/native.ts'
import { memoryDestination } from '../destinations/memory.ts'
import { type ObjectName, parseObjectName } from '../ports/destination.ts'
import { noProgress } from '../ports/progress.ts'
import { type GlassKey, openListedBundles } from './open-listed-bundles.ts'
import { type FurtherChecks, makeVerifyGlassFurther, verifyWithoutInstance } from './verify-glass-further.ts'

const signal = new AbortController().signal

function aShelf() {
  const objects = new Map<ObjectName, Uint8Array>()
  const named = (pattern: RegExp): ObjectName => {
    const found = [...objects.keys()].find((name) => pattern.test(name))
    if (found === undefined) throw new Error(`nothing is called ${String(pattern)}`)
    return found
  }
  return { objects, destination: memoryDestination(objects), named }
}

async function keyOf(world: GlassWorld): Promise<GlassKey> {
  const file = await readFile(join(world.ceremonyFolder, 'identity.password.age'))
  const identities = await readIdentities(file, async () => world.masterPassword)
  return { identities, primitives: loadPrimitives() }
}

function verified(world: GlassWorld, { destination }: ReturnType<typeof aShelf>, checks: FurtherChecks) {
  const { instance, ledgers, verifications } = world.catalogue
  const signingKey = () => world.catalogue.signingKey()
  const verify = makeVerifyGlassFurther({
    ...{ instance, ledgers, verifications, signingKey, clock: world.clock },
  })
  return verify(targetAt(world.record, destination), checks, noProgress, signal)
}

describe('what is found by hand is remembered', () => {
  const found = async (world: GlassWorld) => {
    const kept = await world.catalogue.verifications.list()
    return kept.map(({ what, last }) => [what, last?.findings.map(({ object }) => object)])
  }

  test('as what the schedule finds, until all of it is there again; of one scope nothing is', async () => {
    await using world = await aGlassWorld([aCredential('1')])
    const shelf = aShelf()
    await world.backUp(shelf.destination)
    const bundle = shelf.named(/^secrets\/.*-1\.age$/)
    const bytes = shelf.objects.get(bundle)
    shelf.objects.delete(bundle)

    await verified(world, shelf, { scope: '' })
    const ofScope = await found(world)
    await verified(world, shelf, {})
    const gone = await found(world)
    if (bytes !== undefined) shelf.objects.set(bundle, bytes)
    await verified(world, shelf, { head: { sequence: 1, start: '0'.repeat(64) } })

    expect([ofScope, gone, await found(world)]).toEqual([[], [['ledger', [bundle]]], [['ledger', []]]])
  })
})

describe('verifying one scope', () => {
  async function twoScopes() {
    const world = await aGlassWorld([aCredential('1', { folder: 'net' }), aCredential('2', { folder: 'hr' })])
    const now = world.clock.now()
    const scope = { name: 'network', folders: ['net'], tags: [], owners: [], isExclusive: false }
    await world.catalogue.scopes.add({ ...scope, hasOwnKey: false, createdAt: now, changedAt: now })
    const shelf = aShelf()
    await world.backUp(shelf.destination)
    return { world, shelf, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
  }

  test('finds what is wrong in its folder and opens its bundles, and leaves the others alone', async () => {
    await using made = await twoScopes()
    const { world, shelf } = made
    const own = shelf.named(/network-.+-1\.age$/)
    shelf.objects.delete(shelf.named(/^secrets\/test-.+-1\.age$/))
    shelf.objects.set(parseObjectName('secrets/planted.age'), new Uint8Array(3))

    const network = await verified(world, shelf, { scope: 'network', key: await keyOf(world) })
    const whole = await verified(world, shelf, { scope: '' })

    expect(network).toMatchObject({ opened: 1, problems: [], remarks: [], unchecked: [] })
    expect(whole.problems.map(({ kind }) => kind)).toEqual(['missing', 'unlisted'])
    shelf.objects.delete(own)
    const robbed = await verified(world, shelf, { scope: 'network' })
    expect(robbed.problems).toMatchObject([{ kind: 'missing', object: own }])
  })

  test('needs nothing but its folder and the ledger, and says where there is no bundle of it', async () => {
    await using made = await twoScopes()
    const { world, shelf } = made
    for (const name of shelf.objects.keys())
      if (!/^secrets\/scopes\/|^ledger\.jsonl$/.test(name)) shelf.objects.delete(name)
    const key = await keyOf(world)
    const verifiedAlone = (scope: string) =>
      verifyWithoutInstance(shelf.destination, undefined, { key, scope }, noProgress, signal)

    expect(await verifiedAlone('network')).toMatchObject({ opened: 1, problems: [], remarks: [] })
    expect(await verifiedAlone('netwrk')).toMatchObject({
      objects: 0,
      remarks: ['no bundle of the scope netwrk is here'],
    })
  })
})

describe('verifying bundles that were published in doubt', () => {
  async function inDoubt() {
    const world = await aGlassWorld()
    const shelf = aShelf()
    await world.backUp(shelf.destination)
    world.clock.advance(-3_600_000)
    await world.backUp(shelf.destination)
    return { world, shelf, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
  }

  test('names them, and says why where the key opens them', async () => {
    await using made = await inDoubt()
    const { world, shelf } = made
    const object = shelf.named(/-2\.age$/)

    const closed = await verified(world, shelf, {})
    const opened = await verified(world, shelf, { key: await keyOf(world) })

    expect(closed).toMatchObject({ problems: [], doubtful: [{ object, scope: '', sequence: 2 }] })
    expect(closed.doubtful[0]?.doubts).toBeUndefined()
    expect(opened.problems).toEqual([])
    expect(opened.doubtful).toMatchObject([
      { object, doubts: [expect.stringContaining('The clock was set back') as string] },
    ])
  })

  test('finds a ledger that says nothing of the doubts which the bundle says', async () => {
    await using made = await inDoubt()
    const { world, shelf } = made
    const entries = entriesOf(await world.catalogue.ledgers.lines(world.record.id))
    const silent = entries.map((entry) => ({
      ...entry,
      detail: Object.fromEntries(Object.entries(entry.detail).filter(([name]) => name !== 'doubts')),
    }))
    const key = await keyOf(world)
    const judged = async (listed: typeof entries) => {
      const { opened } = await openListedBundles(shelf.destination, listed, key, noProgress, signal)
      return judgeBundles(world.catalogue.instance.id, listed, opened)
    }

    expect(await judged(entries)).toEqual([])
    expect(await judged(silent)).toMatchObject([
      { message: expect.stringMatching(/-2\.age says doubts 1 of itself, but the ledger says 0$/) as string },
    ])
  })
})
