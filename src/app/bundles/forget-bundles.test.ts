import { describe, expect, test } from 'vitest'
import { alone } from '../../../test/support/alone.ts'
import { aGlassWorld, type GlassWorld } from '../../../test/support/glass.ts'
import { toldToNobody } from '../../../test/support/notifier.ts'
import { targetAt } from '../../../test/support/target-at.ts'
import { RedomaError } from '../../core/errors.ts'
import type { RetentionPolicy } from '../../core/retention/policy.ts'
import { memoryDestination } from '../../destinations/memory.ts'
import { type Destination, type ObjectName, parseObjectName } from '../../ports/destination.ts'
import { noProgress } from '../../ports/progress.ts'
import { agreedBefore } from '../approvals/require-second-person.ts'
import { makeRecordInLedger } from '../record-in-ledger.ts'
import { makeVerifyGlass } from '../verify-glass.ts'
import { makeForgetBundles } from './forget-bundles.ts'
import { forgetGoneContents, makeKeepBundles } from './keep-bundles.ts'
import { makePlanForgetBundles } from './plan-forget-bundles.ts'

const signal = new AbortController().signal
const day = 24 * 60 * 60 * 1000
const lastTwo: RetentionPolicy = [{ kind: 'last', count: 2 }]

function aShelf() {
  const objects = new Map<ObjectName, Uint8Array>()
  const bundles = () => [...objects.keys()].flatMap((name) => /-(\d+)\.age$/.exec(name)?.[1] ?? []).toSorted()
  return { objects, destination: memoryDestination(objects), bundles }
}

function tools(world: GlassWorld) {
  const { catalogue, clock } = world
  const { instance, ledgers } = catalogue
  const signingKey = () => catalogue.signingKey()
  const recordInLedger = makeRecordInLedger({
    instance,
    ledgers,
    signingKey,
    clock,
    whileWriting: alone,
    notifier: toldToNobody,
  })
  const plan = makePlanForgetBundles({ ledgers, clock })
  const forget = makeForgetBundles({
    catalogue,
    clock,
    actor: 'test',
    recordInLedger,
    requireSecondPerson: agreedBefore,
  })
  const verify = makeVerifyGlass({ instance, ledgers, signingKey })
  return {
    plan: (destination: Destination, policy = lastTwo) =>
      plan(targetAt(world.record, destination), policy, signal),
    forget: async (destination: Destination, policy = lastTwo) => {
      const target = targetAt(world.record, destination)
      return await forget(target, await plan(target, policy, signal), signal)
    },
    problems: async (destination: Destination) =>
      (await verify(targetAt(world.record, destination), noProgress, signal)).problems.map(
        ({ kind, object }) => `${kind} ${object}`,
      ),
    keep: makeKeepBundles({ catalogue, planForgetBundles: plan, forgetBundles: forget }),
  }
}

async function withBundles(world: GlassWorld, destination: Destination, number: number): Promise<void> {
  for (let made = 0; made < number; made++) {
    world.clock.advance(day)
    await world.backUp(destination)
  }
}

describe('forgetting bundles', () => {
  test('removes what no rule keeps, at the destination and by its ledger; identities stay', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    await withBundles(world, shelf.destination, 5)
    const { forget, problems } = tools(world)

    expect(await forget(shelf.destination)).toEqual({ removed: 3, warnings: [] })

    expect(shelf.bundles()).toEqual(['4', '5'])
    expect(shelf.objects.has(parseObjectName('secrets/identity.password.age'))).toBe(true)
    expect(await problems(shelf.destination)).toEqual([])
    expect(await forget(shelf.destination)).toEqual({ removed: 0, warnings: [] })
    const [entry] = await world.catalogue.audit.list(1)
    expect(entry).toMatchObject({ action: 'glass.forget', subject: 'shelf', detail: 'bundles 1 2 3' })
  })

  test('gives reasons in the words of the rules, by the time at which each bundle was made', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    await withBundles(world, shelf.destination, 4)
    world.clock.advance(-2 * 60 * 60 * 1000)
    await world.backUp(shelf.destination)
    world.clock.advance(3 * 60 * 60 * 1000)

    const { verdicts } = await tools(world).plan(shelf.destination, [
      { kind: 'every', period: 'daily', count: 2 },
    ])

    expect(verdicts.map(({ sequence, kind, reasons }) => [sequence, kind, ...reasons].join(' '))).toEqual([
      '5 stays newest bundle daily bundle',
      '4 stays newest good bundle daily bundle',
      '3 stays daily bundle',
      '2 goes',
      '1 goes',
    ])
  })

  test('takes no good bundle for old because the clock leapt by years, ahead or back', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    const within = { years: 0, months: 0, days: 7, hours: 0 }
    const week: RetentionPolicy = [{ kind: 'within', span: within }]
    await withBundles(world, shelf.destination, 4)
    world.clock.advance(10 * 365 * day)
    await withBundles(world, shelf.destination, 2)
    await tools(world).forget(shelf.destination, week)
    expect(shelf.bundles()).toEqual(['1', '2', '3', '4', '5', '6'])

    world.clock.advance(-20 * 365 * day)
    await withBundles(world, shelf.destination, 2)
    await tools(world).forget(shelf.destination, week)
    expect(shelf.bundles()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8'])

    // And once it has run for a week since, by whatever year, what is older goes.
    world.clock.advance(20 * 365 * day)
    await withBundles(world, shelf.destination, 9)
    await tools(world).forget(shelf.destination, week)
    expect(shelf.bundles()).not.toContain('4')
    expect(shelf.bundles()).toContain('17')
  })

  test('keeps the newest whatever the rules say, and what no ledger of ours lists', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    await withBundles(world, shelf.destination, 2)
    shelf.objects.set(parseObjectName('secrets/test-20200101T000000Z-9.age'), new Uint8Array(3))

    await tools(world).forget(shelf.destination, [])

    expect(shelf.bundles()).toEqual(['2', '9'])
  })

  test.each([
    ['is gone', (bytes: Uint8Array | undefined) => bytes && undefined],
    ['is cut off', (bytes: Uint8Array | undefined) => bytes?.slice(0, -1)],
    [
      'was altered',
      (bytes: Uint8Array | undefined) => bytes?.map((byte, at) => (at === 999 ? byte ^ 1 : byte)),
    ],
  ])('removes nothing where the newest %s: an older one may be the last that opens', async (_, spoil) => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    await withBundles(world, shelf.destination, 4)
    const newest = [...shelf.objects.keys()].find((name) => name.endsWith('-4.age')) ?? parseObjectName('x')
    const spoiled = spoil(shelf.objects.get(newest))
    if (spoiled === undefined) shelf.objects.delete(newest)
    else shelf.objects.set(newest, spoiled)
    const { forget, problems } = tools(world)

    await expect(forget(shelf.destination, [])).rejects.toThrow('the older ones stay')

    expect(shelf.bundles()).toEqual(expect.arrayContaining(['1', '2', '3']))
    expect((await problems(shelf.destination)).filter((one) => !one.endsWith('-4.age'))).toEqual([])
  })

  test('lets no bundle that is in doubt take the place of a good one, and removes none where the newest good one is not whole', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    await withBundles(world, shelf.destination, 3)
    world.clock.advance(-2 * 60 * 60 * 1000)
    await world.backUp(shelf.destination)
    world.clock.advance(day)
    const { plan, forget } = tools(world)

    const { verdicts } = await plan(shelf.destination)

    expect(verdicts.map(({ sequence, kind, reasons }) => [sequence, kind, ...reasons].join(' '))).toEqual([
      '4 stays newest bundle last bundle',
      '3 stays newest good bundle last bundle',
      '2 stays last bundle',
      '1 goes',
    ])
    const good = [...shelf.objects.keys()].find((name) => name.endsWith('-3.age'))
    if (good !== undefined) shelf.objects.delete(good)
    await expect(forget(shelf.destination)).rejects.toMatchObject({ code: 'VERIFICATION_FAILED' })
    expect(shelf.bundles()).toEqual(['1', '2', '4'])
  })

  test('lets no bundle of a clock that ran ahead take the place of those that were made in time', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    await withBundles(world, shelf.destination, 2)
    world.clock.advance(4000 * day)
    await withBundles(world, shelf.destination, 2)
    world.clock.advance(-4002 * day)
    await withBundles(world, shelf.destination, 3)

    const { verdicts } = await tools(world).plan(shelf.destination)

    expect(verdicts.map(({ sequence, kind, reasons }) => [sequence, kind, ...reasons].join(' '))).toEqual([
      '7 stays newest bundle last bundle',
      '6 stays last bundle',
      '5 stays last bundle',
      '4 stays ahead of the clock',
      '3 stays ahead of the clock',
      '2 goes',
      '1 goes',
    ])
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'ends well when the process dies before its call number %i, and the next time does the rest',
    async (dyingAt) => {
      await using world = await aGlassWorld()
      const shelf = aShelf()
      await withBundles(world, shelf.destination, 4)
      const { forget, problems } = tools(world)

      await forget(mortal(shelf.destination, dyingAt)).catch(() => undefined)

      // Nothing is ever promised that is not there.
      expect(await problems(shelf.destination)).not.toContainEqual(expect.stringMatching(/^missing/))
      await forget(shelf.destination)
      expect(shelf.bundles()).toEqual(['3', '4'])
      expect(await problems(shelf.destination)).toEqual([])
    },
  )

  test('tells of a destination that lets nothing be removed, whose ledger goes on to list what it keeps', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    await withBundles(world, shelf.destination, 4)
    const { forget, problems } = tools(world)
    const remove = () => Promise.reject(new RedomaError('DESTINATION_FORBIDDEN', 'no right to remove'))

    const { removed, warnings } = await forget({ ...shelf.destination, remove })

    expect(removed).toBe(0)
    expect(warnings).toEqual(['shelf keeps 2 old bundles: no right to remove'])
    const lines = async (): Promise<number> => (await world.catalogue.ledgers.lines(world.record.id)).length
    const before = await lines()
    await forget({ ...shelf.destination, remove })
    // A removal and its taking back, each with a signature, however many bundles are kept.
    expect((await lines()) - before).toBe(4)
    expect(await problems(shelf.destination)).toEqual([])
    expect(shelf.bundles()).toHaveLength(4)
  })

  test('leaves alone what is only written to, and says so', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    await withBundles(world, shelf.destination, 3)
    const spec = {
      kind: 'rsync',
      user: 'u',
      host: 'h',
      path: 'p',
      hostKeys: [],
      writeOnly: true,
    } as unknown as GlassWorld['record']['spec']
    const target = targetAt({ ...world.record, spec }, shelf.destination)
    const { ledgers } = world.catalogue

    const plan = await makePlanForgetBundles({ ledgers, clock: world.clock })(target, lastTwo, signal)

    expect(plan.refusal).toContain('only written to')
  })
})

describe('a policy that is set', () => {
  test('is applied by each backup once the new bundle is recorded', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    const { keep, problems } = tools(world)
    await world.catalogue.bundleRetention.set('all', lastTwo, world.clock.now())
    for (let made = 0; made < 4; made++) {
      world.clock.advance(day)
      const [part] = await world.backUp(shelf.destination, { keepBundles: keep })
      expect(part?.outcome.kind).toBe('done')
    }

    expect(shelf.bundles()).toEqual(['3', '4'])
    expect(await problems(shelf.destination)).toEqual([])
  })

  test('removes nothing in a run whose bundle people are to look at first', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    const { keep } = tools(world)
    await withBundles(world, shelf.destination, 3)
    await world.catalogue.bundleRetention.set('all', lastTwo, world.clock.now())
    world.clock.advance(-day)

    const [part] = await world.backUp(shelf.destination, { keepBundles: keep })

    expect(part?.outcome).toMatchObject({ warnings: [expect.stringContaining('clock was set back')] })
    expect(shelf.bundles()).toEqual(['1', '2', '3', '4'])
  })

  test('of the destination comes before that of all; an empty one keeps all', async () => {
    await using world = await aGlassWorld()
    const { bundleRetention } = world.catalogue
    const unlimited: RetentionPolicy = [{ kind: 'last', count: Infinity }]
    await bundleRetention.set('all', lastTwo, world.clock.now())

    expect(await bundleRetention.effective('x')).toEqual(lastTwo)
    await bundleRetention.set('x', unlimited, world.clock.now())
    expect(await bundleRetention.effective('x')).toEqual(unlimited)
    await bundleRetention.set('x', [], world.clock.now())
    expect(await bundleRetention.effective('x')).toEqual([])
    await bundleRetention.set('x', undefined, world.clock.now())
    expect(await bundleRetention.effective('x')).toEqual(lastTwo)
  })

  test('that cannot be applied is a warning, and the bundle counts', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    await withBundles(world, shelf.destination, 3)
    await world.catalogue.bundleRetention.set('all', lastTwo, world.clock.now())
    const remove = () => Promise.reject(new RedomaError('DESTINATION_UNREACHABLE', 'gone'))
    const { keep } = tools(world)

    const [part] = await world.backUp({ ...shelf.destination, remove }, { keepBundles: keep })

    expect(part?.outcome).toMatchObject({
      kind: 'done-with-warnings',
      warnings: [expect.stringContaining('gone')],
    })
    expect(await world.catalogue.bundles.latest()).toMatchObject({ sequence: 4 })
  })

  test('lets the catalogue forget what was in bundles that lie nowhere, but for those that were opened', async () => {
    await using world = await aGlassWorld()
    const shelf = aShelf()
    const { bundles, openings } = world.catalogue
    await withBundles(world, shelf.destination, 1)
    for (const sequence of [2, 3, 4]) {
      const content = { source: 'registry', id: 'x', facts: { title: 'X', kind: 'password' } }
      const record = { scope: '', sequence, name: `gone-${sequence}`, sha256: 'a', bytes: 1, credentials: 1 }
      await bundles.add({ ...record, createdAt: world.clock.now() }, [
        { ...content, tags: { secret: String(sequence) } },
      ])
    }
    const at = world.clock.now()
    const who = { object: 'x', openedAt: at, openedBy: 'a', why: 'b', recordedAt: at, recordedBy: 'c' }
    await openings.add({ ...who, scope: '', sequence: 3 })

    await forgetGoneContents(world.catalogue)

    const spans = await Array.fromAsync(bundles.spans())
    expect(spans.filter(({ id }) => id === 'x').map(({ first }) => first)).toEqual([3, 4])
    expect(spans.filter(({ id }) => id === '1').map(({ first }) => first)).toEqual([1])
  })
})

/** Each call but reading counts; from number `dyingAt` on nothing happens any more. */
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
