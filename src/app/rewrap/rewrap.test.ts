import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { alone } from '../../../test/support/alone.ts'
import { aGlassWorld, type GlassWorld } from '../../../test/support/glass.ts'
import { toldToNobody } from '../../../test/support/notifier.ts'
import { targetAt } from '../../../test/support/target-at.ts'
import { openBundle } from '../../bundle/open-bundle.ts'
import type { Secret } from '../../core/secret.ts'
import { readIdentities } from '../../crypto/age/identity-file.ts'
import { openRandomAccess } from '../../crypto/age/random-access.ts'
import { loadPrimitives } from '../../crypto/native.ts'
import { memoryDestination } from '../../destinations/memory.ts'
import { type Destination, type ObjectName, parseObjectName } from '../../ports/destination.ts'
import { noProgress } from '../../ports/progress.ts'
import { makeRecordInLedger } from '../record-in-ledger.ts'
import { makeVerifyGlass } from '../verify-glass.ts'
import { planRewrap } from './plan-rewrap.ts'
import { makeRewrap } from './rewrap.ts'

const signal = new AbortController().signal
const primitives = loadPrimitives()

/** Two bundles of the first generation; then a second one began. */
async function aFormerWorld() {
  const world = await aGlassWorld()
  const objects = new Map<ObjectName, Uint8Array>()
  const destination = memoryDestination(objects)
  await world.backUp(destination)
  await world.backUp(destination)
  const secondPassword = await world.holdCeremony(join(world.home, 'second'))
  const [second, first] = await world.catalogue.generations.list()
  const former = await identitiesOf(first?.passwordFile, world.masterPassword)
  const present = await identitiesOf(second?.passwordFile, secondPassword)
  const bundles = () => [...objects.keys()].filter((name) => /-\d+\.age$/.test(name)).toSorted()
  const before = new Map(objects)
  return {
    world,
    objects,
    destination,
    bundles,
    former,
    present,
    before,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

function identitiesOf(file: Uint8Array | undefined, password: Secret): Promise<readonly Secret[]> {
  return readIdentities(file ?? new Uint8Array(), async () => password)
}

async function rewrap(world: GlassWorld, destination: Destination, identities: readonly Secret[]) {
  const { catalogue, clock } = world
  const { instance, ledgers } = catalogue
  const recordInLedger = makeRecordInLedger({
    notifier: toldToNobody,
    instance,
    ledgers,
    signingKey: () => catalogue.signingKey(),
    clock,
    whileWriting: alone,
  })
  const generation = await catalogue.generations.current()
  if (generation === undefined) throw new Error('two were held')
  const target = targetAt(world.record, destination)
  const items = await planRewrap(catalogue, target, generation, signal)
  return makeRewrap({ catalogue, clock, actor: 'test', recordInLedger, primitives })(
    target,
    items,
    identities,
    noProgress,
    signal,
  )
}

async function problems({ catalogue, record }: GlassWorld, destination: Destination): Promise<string[]> {
  const { instance, ledgers } = catalogue
  const verify = makeVerifyGlass({ instance, ledgers, signingKey: () => catalogue.signingKey() })
  const { problems: found } = await verify(targetAt(record, destination), noProgress, signal)
  return found.map(({ kind }) => kind)
}

async function opens(bytes: Uint8Array | undefined, identities: readonly Secret[]): Promise<boolean> {
  const whole = bytes ?? new Uint8Array()
  const file = { size: whole.length, read: async (start: number, end: number) => whole.slice(start, end) }
  try {
    using reader = await openRandomAccess(file, { kind: 'identities', identities }, primitives)
    return (await (await openBundle(reader)).verify(signal)).length === 0
  } catch {
    return false
  }
}

describe('rewrapping', () => {
  test('lets the present key open former bundles, and the former one not any more; the payload stays', async () => {
    await using former = await aFormerWorld()
    const { world, objects, destination } = former

    const result = await rewrap(world, destination, former.former)

    expect(result).toEqual({ rewrapped: 2, found: 0, problems: [], warnings: [] })
    for (const name of former.bundles()) {
      const now = objects.get(name) ?? new Uint8Array()
      const then = former.before.get(name) ?? new Uint8Array()
      expect(await opens(now, former.present)).toBe(true)
      expect(await opens(now, former.former)).toBe(false)
      expect(Buffer.from(now.subarray(-then.length + 300))).toEqual(Buffer.from(then.subarray(300)))
    }
    expect(await problems(world, destination)).toEqual([])
    expect(await rewrap(world, destination, former.former)).toMatchObject({
      rewrapped: 0,
      found: 0,
      problems: [],
    })
    const [entry] = await world.catalogue.audit.list(1)
    expect(entry).toMatchObject({
      action: 'glass.rewrap',
      subject: 'shelf',
      detail: '2 objects, to generation 2',
    })
  })

  test('changes nothing with a key that does not open, and says so', async () => {
    await using former = await aFormerWorld()

    const { rewrapped, problems: found } = await rewrap(former.world, former.destination, former.present)

    expect(rewrapped).toBe(0)
    expect(found.map(({ kind }) => kind)).toEqual(['another-key', 'another-key'])
    expect(former.objects).toEqual(former.before)
  })

  test('with a wrong key goes on with nothing that was announced and not done', async () => {
    await using former = await aFormerWorld()
    const { world, objects, destination } = former
    const announced: Destination = {
      ...destination,
      put: (name, ...rest) =>
        /-\d+\.age$/.test(name) ? Promise.reject(new Error('died')) : destination.put(name, ...rest),
    }
    await expect(rewrap(world, announced, former.former)).rejects.toThrow('died')

    const { rewrapped, found, problems: told } = await rewrap(world, destination, former.present)

    expect({ rewrapped, found }).toEqual({ rewrapped: 0, found: 0 })
    expect(told.map(({ kind }) => kind)).toEqual(['another-key', 'another-key'])
    for (const name of former.bundles()) expect(objects.get(name)).toEqual(former.before.get(name))
  })

  test('does not put into the ledger what somebody has altered, and goes on with the others', async () => {
    await using former = await aFormerWorld()
    const { world, objects, destination } = former
    const [first = parseObjectName('x'), second = parseObjectName('y')] = former.bundles()
    const altered = (objects.get(first) ?? new Uint8Array()).slice()
    altered[altered.length - 100] = (altered[altered.length - 100] ?? 0) ^ 1
    objects.set(first, altered)
    // A forgery: whoever has the former recipient can make one that opens.
    objects.set(parseObjectName('secrets/copy.age'), objects.get(second) ?? new Uint8Array())

    const { rewrapped, problems: found } = await rewrap(world, destination, former.former)

    expect(rewrapped).toBe(1)
    expect(found).toMatchObject([{ kind: 'damaged', object: first }])
    expect(objects.get(first)).toEqual(altered)
  })

  test.each([1, 2, 3, 4, 5, 6, 7])(
    'goes on where a process died before its call number %i, and ends as if it had not',
    async (dyingAt) => {
      await using former = await aFormerWorld()
      const { world, objects, destination } = former
      await rewrap(world, mortal(destination, dyingAt), former.former).catch(() => undefined)
      // Whatever was done, each bundle opens with one of the keys.
      for (const name of former.bundles()) {
        const either = [...former.present, ...former.former]
        expect(await opens(objects.get(name), either)).toBe(true)
      }

      const { problems: found } = await rewrap(world, destination, former.former)

      expect(found).toEqual([])
      for (const name of former.bundles()) expect(await opens(objects.get(name), former.present)).toBe(true)
      expect(await problems(world, destination)).toEqual([])
    },
  )

  test('takes what an upload that was tried again has written itself for what it is', async () => {
    await using former = await aFormerWorld()
    const { world, destination } = former
    // The answer is lost, so the same is sent again: it is read from what has its new header already.
    const twice: Destination = {
      ...destination,
      async put(name, body, stop) {
        await destination.put(name, body, stop)
        await destination.put(name, body, stop)
      },
    }

    await rewrap(world, twice, former.former)

    for (const name of former.bundles())
      expect(await opens(former.objects.get(name), former.present)).toBe(true)
  })
})

/** From call number `dyingAt` on nothing happens any more; reading does not count. */
function mortal(inner: Destination, dyingAt: number): Destination {
  let calls = 0
  const alive = async (work: () => Promise<void>): Promise<void> => {
    calls += 1
    if (calls >= dyingAt) throw new Error('killed')
    await work()
  }
  return {
    ...inner,
    put: (...words) => alive(() => inner.put(...words)),
    remove: (...words) => alive(() => inner.remove(...words)),
    flush: (...words) => alive(() => inner.flush(...words)),
  }
}
