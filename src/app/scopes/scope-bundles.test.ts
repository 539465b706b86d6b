import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aCredential, aGlassWorld, type GlassWorld, sourceOf } from '../../../test/support/glass.ts'
import { targetAt } from '../../../test/support/target-at.ts'
import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { decryptAge } from '../../crypto/age/decrypt.ts'
import { readIdentities } from '../../crypto/age/identity-file.ts'
import { loadPrimitives } from '../../crypto/native.ts'
import { memoryDestination } from '../../destinations/memory.ts'
import { bodyOf, type Destination, type ObjectName, parseObjectName } from '../../ports/destination.ts'
import type { News } from '../../ports/notifier.ts'
import type { Scope } from '../../ports/scope.ts'
import { planRewrap } from '../rewrap/plan-rewrap.ts'

const signal = new AbortController().signal

const vault = [
  aCredential('1', { folder: 'net/core' }),
  aCredential('2', { folder: 'net/edge' }),
  aCredential('3', { folder: 'hr' }),
]

function aShelf() {
  const objects = new Map<ObjectName, Uint8Array>()
  const names = () => [...objects.keys()]
  const bundles = () => names().filter((name) => /-\d+\.age$/.test(name))
  const read = (name: string) => objects.get(parseObjectName(name))
  return { destination: memoryDestination(objects), names, bundles, read }
}

async function aScopeIn({ catalogue, clock }: GlassWorld, more: Partial<Scope> = {}): Promise<Scope> {
  const now = clock.now()
  const selection = { folders: ['net'], tags: [], owners: [] }
  const scope = {
    name: 'network',
    ...selection,
    isExclusive: true,
    hasOwnKey: false,
    createdAt: now,
    changedAt: now,
    ...more,
  }
  await catalogue.scopes.add(scope)
  return scope
}

/** In which scopes each credential is now, by its id. */
async function placesOf({ catalogue }: GlassWorld): Promise<Record<string, string[]>> {
  const places: Record<string, string[]> = {}
  for await (const { id, scope, until } of catalogue.bundles.spans())
    if (until === undefined) (places[id] ??= []).push(scope)
  return places
}

/** Refuses what goes to the folders of scopes. */
function refusingScopes(destination: Destination): Destination {
  return {
    ...destination,
    put(name, ...rest) {
      if (name.includes('/scopes/')) throw new RedomaError('DESTINATION_FULL', 'no room')
      return destination.put(name, ...rest)
    },
  }
}

describe('bundles of scopes', () => {
  test('lie in folders of their own with what opens them, and have numbers of their own', async () => {
    await using world = await aGlassWorld(vault)
    const shelf = aShelf()
    await world.backUp(shelf.destination)
    await aScopeIn(world, { isExclusive: false })

    const parts = await world.backUp(shelf.destination)

    expect(parts).toMatchObject([
      { source: 'credentials of network', figures: { items: 2 }, outcome: { kind: 'done' } },
      { source: 'credentials', figures: { items: 3 }, outcome: { kind: 'done' } },
    ])
    const bundle = expect.stringMatching(
      /^secrets\/scopes\/network\/.+\.network-\d{8}T\d{6}Z-1\.age$/,
    ) as string
    const own = shelf.names().filter((name) => name.includes('/scopes/'))
    const beside = ['README.txt', 'identity.password.age'].map((name) => `secrets/scopes/network/${name}`)
    expect(own.toSorted()).toEqual(expect.arrayContaining([bundle, ...beside]) as string[])
    expect(shelf.bundles()).toHaveLength(3)
    expect(await placesOf(world)).toEqual({ 1: ['', 'network'], 2: ['', 'network'], 3: [''] })
  })

  test('an exclusive one takes its credentials out of the whole vault, which does not pass for a loss', async () => {
    await using world = await aGlassWorld(vault)
    const shelf = aShelf()
    await world.backUp(shelf.destination)
    await aScopeIn(world)

    const parts = await world.backUp(shelf.destination)

    expect(parts.map(({ outcome, figures }) => [outcome.kind, figures.items])).toEqual([
      ['done', 2],
      ['done', 1],
    ])
    expect(await placesOf(world)).toEqual({ 1: ['network'], 2: ['network'], 3: [''] })
  })

  test('nor does it hide one: what the whole vault lost beside it is still refused', async () => {
    await using world = await aGlassWorld([
      ...vault,
      aCredential('4', { folder: 'hr' }),
      aCredential('5', { folder: 'hr' }),
    ])
    const shelf = aShelf()
    await world.backUp(shelf.destination)
    await aScopeIn(world)

    const sources = async () => [sourceOf(vault)]
    const [, whole] = await world.backUp(shelf.destination, { sources })

    expect(whole).toMatchObject({ outcome: { kind: 'failed', failure: { code: 'SOURCE_SHRUNKEN' } } })
  })

  test('one that is not published leaves its credentials in the bundle of the whole vault', async () => {
    await using world = await aGlassWorld(vault)
    const shelf = aShelf()
    await aScopeIn(world)

    const parts = await world.backUp(refusingScopes(shelf.destination))

    expect(parts).toMatchObject([
      { source: 'credentials of network', outcome: { failure: { code: 'DESTINATION_FULL' } } },
      { source: 'credentials', figures: { items: 3 } },
    ])
    expect(await placesOf(world)).toEqual({ 1: [''], 2: [''], 3: [''] })
  })

  test('one that lost half of its credentials is refused and told, and what is left is in the whole vault', async () => {
    await using world = await aGlassWorld([...vault, aCredential('4', { folder: 'net' })])
    const shelf = aShelf()
    await aScopeIn(world)
    await world.backUp(shelf.destination)
    const told: News[] = []
    const notifier = { tell: async (news: News) => void told.push(news) }

    const records = vault.filter(({ id }) => id !== '2')
    const parts = await world.backUp(shelf.destination, {
      sources: async () => [sourceOf(records)],
      notifier,
    })

    expect(parts).toMatchObject([
      { outcome: { failure: { code: 'SOURCE_SHRUNKEN' } } },
      { source: 'credentials', figures: { items: 2 } },
    ])
    expect(told).toMatchObject([{ doubt: { scope: 'network', published: false } }])
  })

  test('one that was told to take in less is not taken for a loss', async () => {
    await using world = await aGlassWorld([...vault, aCredential('4', { folder: 'net' })])
    const shelf = aShelf()
    const scope = await aScopeIn(world)
    await world.backUp(shelf.destination)
    world.clock.advance(1000)
    await world.catalogue.scopes.replace({ ...scope, folders: ['net/core'], changedAt: world.clock.now() })

    const parts = await world.backUp(shelf.destination)

    expect(parts).toMatchObject([{ figures: { items: 1 } }, { figures: { items: 3 } }])
  })
})

describe('a scope with a key of its own', () => {
  test('has no bundle before its ceremony, and its credentials are in the whole vault until then', async () => {
    await using world = await aGlassWorld(vault)
    const shelf = aShelf()
    await aScopeIn(world, { hasOwnKey: true })

    const parts = await world.backUp(shelf.destination)

    expect(parts).toMatchObject([
      { source: 'credentials of network', outcome: { failure: { code: 'CEREMONY_MISSING' } } },
      { source: 'credentials', figures: { items: 3 }, outcome: { kind: 'done' } },
    ])
    expect(shelf.names().some((name) => name.includes('/scopes/'))).toBe(false)
  })

  test('is sealed to it alone, and has no other beside its bundles; the whole vault stays with its own', async () => {
    await using world = await aGlassWorld(vault)
    const shelf = aShelf()
    await aScopeIn(world, { hasOwnKey: true })
    const password = await world.holdCeremony(join(world.home, 'network'), 'network')

    await world.backUp(shelf.destination)

    const read = (name: string) => shelf.read(`secrets/${name}`)
    const [own, whole] = await world.catalogue.generations.list()
    expect([own, whole]).toMatchObject([{ number: 2, scope: 'network' }, { number: 1 }])
    expect(await world.catalogue.generations.current()).toEqual(whole)
    expect(read('scopes/network/identity.password.age')).toEqual(own?.passwordFile)
    expect(read('identity.password.age')).toEqual(whole?.passwordFile)
    expect(shelf.names().some((name) => name.includes('generation-'))).toBe(false)
    const [mine = '', all = ''] = shelf
      .bundles()
      .toSorted()
      .toSorted((a) => (a.includes('/scopes/') ? -1 : 1))
    const keys = [
      await identitiesOf(own?.passwordFile, password),
      await identitiesOf(whole?.passwordFile, world.masterPassword),
    ]
    const opened = await Promise.all(
      [mine, all].flatMap((name) => keys.map((identities) => opens(shelf.read(name), identities))),
    )
    expect(opened).toEqual([true, false, false, true])
  })

  test('may be had without any for the rest, whose credentials are told to be in no bundle', async () => {
    await using world = await aGlassWorld(vault)
    const shelf = aShelf()
    await aScopeIn(world, { hasOwnKey: true })
    await world.holdCeremony(join(world.home, 'network'), 'network')
    const { generations } = world.catalogue
    const current = generations.current.bind(generations)
    generations.current = async (scope) => (scope === undefined ? undefined : current(scope))

    const parts = await world.backUp(shelf.destination)

    expect(parts).toMatchObject([
      { source: 'credentials of network', outcome: { kind: 'done' } },
      { source: 'credentials', outcome: { failure: { code: 'CEREMONY_MISSING' } } },
    ])
  })

  test('keeps beside its bundles the key of the time when it had none of its own', async () => {
    await using world = await aGlassWorld(vault)
    const shelf = aShelf()
    const scope = await aScopeIn(world)
    await world.backUp(shelf.destination)
    await world.catalogue.scopes.replace({ ...scope, hasOwnKey: true })
    await world.holdCeremony(join(world.home, 'network'), 'network')

    await world.backUp(shelf.destination)

    const [own, whole] = await world.catalogue.generations.list()
    const folder = 'secrets/scopes/network'
    expect(shelf.read(`${folder}/identity.password.age`)).toEqual(own?.passwordFile)
    expect(shelf.read(`${folder}/identity.generation-1.password.age`)).toEqual(whole?.passwordFile)
  })

  test('takes a ceremony only where it was said to have one', async () => {
    await using world = await aGlassWorld(vault)
    await aScopeIn(world)

    const held = world.holdCeremony(join(world.home, 'network'), 'network')

    await expect(held).rejects.toMatchObject({ code: 'USAGE' })
    expect(await world.catalogue.generations.list()).toHaveLength(1)
  })

  test('is not rewrapped to the key of the whole vault, nor the other way round', async () => {
    await using world = await aGlassWorld(vault)
    const shelf = aShelf()
    await aScopeIn(world, { hasOwnKey: true })
    await world.holdCeremony(join(world.home, 'network'), 'network')
    await world.backUp(shelf.destination)
    await world.holdCeremony(join(world.home, 'second'))
    await world.holdCeremony(join(world.home, 'third'), 'network')
    const { catalogue, record } = world
    const planned = async (scope?: string) => {
      const generation = await catalogue.generations.current(scope)
      if (generation === undefined) throw new Error('there is one')
      const items = await planRewrap(catalogue, targetAt(record, shelf.destination), generation, signal)
      return items.map(({ object }) => object)
    }

    const [ofWhole, ofScope] = [await planned(), await planned('network')]

    expect(ofWhole).toEqual(shelf.bundles().filter((name) => !name.includes('/scopes/')))
    expect(ofScope).toEqual(shelf.bundles().filter((name) => name.includes('/scopes/')))
  })
})

function identitiesOf(file: Uint8Array | undefined, password: Secret): Promise<readonly Secret[]> {
  return readIdentities(file ?? new Uint8Array(), async () => password)
}

async function opens(bundle: Uint8Array | undefined, identities: readonly Secret[]): Promise<boolean> {
  const read = decryptAge(
    bodyOf(bundle ?? new Uint8Array()).open(),
    { kind: 'identities', identities },
    loadPrimitives(),
  )
  try {
    for await (const _ of read) return true
    return true
  } catch (error) {
    if (isRedomaError(error, 'KEY_WRONG')) return false
    throw error
  }
}
