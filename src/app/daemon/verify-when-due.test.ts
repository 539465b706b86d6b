import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { anInstance } from '../../../test/support/instance.ts'
import { RedomaError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import type { LocalSpec, RsyncSpec } from '../../ports/destination-spec.ts'
import type { Log } from '../../ports/log.ts'
import type { VerificationEnd } from '../../ports/verification.ts'
import { makeVerifyOne } from '../verify-each.ts'
import type { WhileLeased } from '../while-leased.ts'
import { makeVerifyWhenDue, partsOf } from './verify-when-due.ts'

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const hour = 3_600_000
const { signal } = new AbortController()
const good: VerificationEnd = { kind: 'looked', findings: [] }
const lost: VerificationEnd = {
  kind: 'failed',
  failure: { code: 'DESTINATION_UNREACHABLE', message: 'no way' },
}

/** An instance with a destination, `nas`; the routine is due each day at noon. */
async function aWorld() {
  const instance = await anInstance()
  const { catalogue, clock } = instance
  const schedule = {
    cron: '0 12 * * *',
    timeZone: 'UTC',
    jitterSeconds: 0,
    windows: [],
    leastSecondsBetween: 0,
  }
  await catalogue.routines.set('verification', { isEnabled: true, schedule }, clock.now())
  const add = async (name: string, spec: LocalSpec | RsyncSpec) => {
    const record = {
      id: randomUUID(),
      name,
      spec,
      repositoryPassword: new Secret('x'),
      createdAt: clock.now(),
      runsBefore: 0,
    }
    await catalogue.destinations.add(record)
  }
  await add('nas', { kind: 'local', path: '/mnt/nas' })
  const verified: [string, number][] = []
  let end = good
  let held = false
  const whileLeased: WhileLeased = async (_, __, work) => {
    if (held) throw new RedomaError('RUN_UNDER_WAY', 'another node is at it')
    return await work('lease')
  }
  let stopping: AbortController | undefined
  const start = () =>
    makeVerifyWhenDue({
      ...{ catalogue, clock },
      verifyOne: makeVerifyOne({
        ...{ log, whileLeased },
        async verify({ id, name }, readData) {
          stopping?.abort(new RedomaError('CANCELLED', 'the daemon stops'))
          stopping?.signal.throwIfAborted()
          verified.push([name, readData.kind === 'rotating' ? readData.parts : 0])
          for (const what of ['ledger', 'repository'] as const)
            await catalogue.verifications.record(id, what, end, clock.now())
          return []
        },
      }),
    })
  let verifyWhenDue = start()
  return {
    ...instance,
    schedule,
    add,
    /** The daemon is stopped in the midst of one that becomes due in so long, and started again. */
    async isStoppedIn(milliseconds: number) {
      clock.advance(milliseconds)
      stopping = new AbortController()
      await expect(verifyWhenDue(stopping.signal)).rejects.toMatchObject({ code: 'CANCELLED' })
      stopping = undefined
      verifyWhenDue = start()
    },
    /** Which were verified by what is due when so much time has passed. */
    async after(milliseconds: number) {
      clock.advance(milliseconds)
      verified.length = 0
      await verifyWhenDue(signal)
      return [...verified]
    },
    itEnds(how: VerificationEnd) {
      end = how
    },
    isHeld(wanted: boolean) {
      held = wanted
    },
  }
}

test('each destination is verified once when it is due, a thirtieth of its packs each day', async () => {
  await using world = await aWorld()
  await world.add('far', { kind: 'local', path: '/mnt/far' })

  expect(await world.after(24 * hour)).toEqual([
    ['far', 30],
    ['nas', 30],
  ])
  expect(await world.after(60_000)).toEqual([])
  expect(await world.after(24 * hour)).toHaveLength(2)
})

test('one that could not be looked at is tried again after an hour, until it was', async () => {
  await using world = await aWorld()
  world.itEnds(lost)

  expect(await world.after(24 * hour)).toHaveLength(1)
  expect(await world.after(hour / 2)).toEqual([])
  world.itEnds(good)
  expect(await world.after(hour)).toHaveLength(1)
  expect(await world.after(2 * hour)).toEqual([])
})

test('one that the daemon was stopped in has not failed, and is done when it is back', async () => {
  await using world = await aWorld()

  await world.isStoppedIn(24 * hour)

  expect(await world.catalogue.verifications.list()).toEqual([])
  expect(await world.after(60_000)).toHaveLength(1)
  expect(await world.after(60_000)).toEqual([])
})

test('what another node verifies is left to it', async () => {
  await using world = await aWorld()
  world.isHeld(true)

  expect(await world.after(24 * hour)).toEqual([])
})

test('nothing is verified while it is switched off, nor is that made up for', async () => {
  await using world = await aWorld()
  const { catalogue, clock, schedule } = world
  await catalogue.routines.set('verification', { isEnabled: false, schedule }, clock.now())

  expect(await world.after(48 * hour)).toEqual([])
  await catalogue.routines.set('verification', { isEnabled: true, schedule }, clock.now())
  expect(await world.after(60_000)).toEqual([])
  expect(await world.after(24 * hour)).toHaveLength(1)
})

test.each([
  ['0 10 * * 6', 4],
  ['0 * * * *', 256],
  ['0 0 1 1 *', 1],
])('%s reads all of it within a month, in %i parts', (cron, parts) => {
  expect(partsOf({ cron, timeZone: 'UTC', jitterSeconds: 0, windows: [], leastSecondsBetween: 0 })).toBe(
    parts,
  )
})
