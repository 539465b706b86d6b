import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { alterCatalogue, anInstance, type TestInstance } from '../../test/support/instance.ts'
import type { Plan } from '../ports/plan.ts'

const now = new Date('2027-01-10T05:00:30Z')
const due = (day: string): Date => new Date(`2027-01-${day}T05:00Z`)
/** Above the highest number that Linux gives to a process. */
const goneProcess = 4_194_304

describe('plans', () => {
  test('are kept with all that they say, under names of which there is one', async () => {
    await using instance = await anInstance()
    const { plans } = instance.catalogue
    const nightly = aPlan({
      sources: ['system'],
      destinations: ['nas', 'vault'],
      schedule: { ...daily, windows: [{ from: '22:00', to: '06:00' }], afterChangesSeconds: 300 },
      hooks: { before: { argv: ['/usr/bin/quiesce', 'now'], limitSeconds: 60 } },
    })

    await plans.add(nightly)

    expect(await plans.get('nightly')).toEqual(nightly)
    await expect(plans.add(aPlan({}))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    const renamed = { ...nightly, name: 'hourly', isEnabled: false }
    await plans.replace(renamed)
    expect(await plans.list()).toEqual([renamed])
    await plans.remove('hourly')
    await expect(plans.get('hourly')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(plans.replace(renamed)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('a run that is due', () => {
  test('is begun once, and remembers its plan and what it was due at', async () => {
    await using instance = await anInstance()
    const { plans, runs } = instance.catalogue
    const { id } = await kept(instance)

    const run = await plans.claim(id, due('10'), now, process.pid)
    await end(instance, run)

    expect(await runs.get(run ?? 0)).toMatchObject({ planId: id, dueAt: due('10'), startedAt: now })
    expect(await plans.claim(id, due('10'), now, process.pid)).toBeUndefined()
    expect(await plans.claim(id, due('09'), now, process.pid)).toBeUndefined()
    expect(await plans.claim(id, due('10'), later(86_000), process.pid)).toBeUndefined()
    expect(await plans.claim(id, due('11'), later(86_400), process.pid)).toBe(2)
  })

  test('is begun by one of several that want to at the same moment', async () => {
    await using instance = await anInstance()
    const { id } = await kept(instance)

    const claims = await Promise.all(
      Array.from({ length: 8 }, () => instance.catalogue.plans.claim(id, due('10'), now, process.pid)),
    )

    expect(claims.filter((run) => run !== undefined)).toEqual([1])
  })

  test('is not begun beside another, of whatever plan or by hand, and neither are those beside it', async () => {
    await using instance = await anInstance()
    const { plans, runs } = instance.catalogue
    const { id } = await kept(instance)
    const { id: other } = await kept(instance, { name: 'other' })

    const byHand = await runs.start(now, process.pid)
    expect(await plans.claim(id, due('10'), now, process.pid)).toBeUndefined()
    await end(instance, byHand)

    expect(await plans.claim(id, due('10'), now, process.pid)).toBe(2)
    expect(await plans.claim(other, due('10'), now, process.pid)).toBeUndefined()
    await expect(runs.start(now, process.pid)).rejects.toMatchObject({ code: 'RUN_UNDER_WAY' })
  })

  test('is not begun for a plan that is switched off or gone', async () => {
    await using instance = await anInstance()
    const { plans } = instance.catalogue
    const { id } = await kept(instance, { isEnabled: false })

    expect(await plans.claim(id, due('10'), now, process.pid)).toBeUndefined()
    expect(await plans.claim(randomUUID(), due('10'), now, process.pid)).toBeUndefined()
  })

  test('is begun again when its process died, three times', async () => {
    await using instance = await anInstance()
    const { plans } = instance.catalogue
    const { id } = await kept(instance)
    await end(instance, await plans.claim(id, due('09'), later(-86_400), process.pid))

    const runs: (number | undefined)[] = []
    for (let attempt = 0; attempt < 5; attempt++) {
      const { lastDue } = await plans.history(id, now)
      expect(lastDue).toEqual(attempt < 4 ? due('09') : due('10'))
      runs.push(await plans.claim(id, due('10'), now, goneProcess))
    }

    expect(runs).toEqual([2, 3, 4, 5, undefined])
    expect(await plans.claim(id, due('11'), later(86_400), process.pid)).toBe(6)
  })

  test('is not begun again when it failed, or is still under way', async () => {
    await using instance = await anInstance()
    const { plans, runs } = instance.catalogue
    const { id } = await kept(instance)

    const run = (await plans.claim(id, due('10'), now, process.pid)) ?? 0
    expect((await plans.history(id, now)).lastDue).toEqual(due('10'))
    await runs.finish(run, { kind: 'failed', finishedAt: later(60) })

    expect(await plans.claim(id, due('10'), later(90), process.pid)).toBeUndefined()
    expect(await plans.history(id, later(90))).toEqual({ lastDue: due('10'), lastStarted: now, newest: run })
  })

  test('is neither done nor begun again when somebody cancelled it', async () => {
    await using instance = await anInstance()
    const { plans, runs } = instance.catalogue
    const { id } = await kept(instance)

    const run = (await plans.claim(id, due('10'), now, process.pid)) ?? 0
    const state = { kind: 'cancelled', finishedAt: later(60), by: 'eve' } as const
    await runs.finish(run, state)

    expect(await plans.claim(id, due('10'), later(90), process.pid)).toBeUndefined()
    expect((await plans.history(id, later(90))).lastDone).toBeUndefined()
    expect((await runs.get(run)).state).toEqual(state)
    expect(await runs.count()).toMatchObject({ cancelled: 1, failed: 0 })
    const request = { sort: 'id', direction: 'asc', limit: 5 } as const
    expect((await runs.page({ state: 'cancelled' }, request)).items.map((one) => one.id)).toEqual([run])
    expect(await runs.newestUncancelled()).toBeUndefined()
  })

  test('is begun whatever a clock said that was years ahead, and once', async () => {
    await using instance = await anInstance()
    const { plans } = instance.catalogue
    const { id } = await kept(instance)
    await end(instance, await plans.claim(id, due('10'), now, process.pid))
    const ahead = new Date('2031-01-10T05:00Z')
    await end(instance, await plans.claim(id, ahead, ahead, process.pid))

    expect((await plans.history(id, later(60))).lastDue).toEqual(due('10'))
    expect(await plans.claim(id, due('10'), later(60), process.pid)).toBeUndefined()
    expect(await plans.claim(id, due('11'), later(86_400), process.pid)).toBe(3)
  })
})

describe('a plan that two people change at once', () => {
  test('is changed by the first alone', async () => {
    await using instance = await anInstance()
    const { plans } = instance.catalogue
    const before = await kept(instance)

    const read = await plans.get(before.name)
    await plans.exchange(read, { ...read, isEnabled: false })

    await expect(plans.exchange(read, { ...read, jobs: ['secrets'] })).rejects.toMatchObject({
      code: 'CHANGED_MEANWHILE',
    })
    expect(await plans.get(before.name)).toEqual({ ...read, isEnabled: false })
    await plans.remove(before.name)
    await expect(plans.exchange(read, read)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('the history of a plan', () => {
  test('counts what was begun by hand, but for what it was due at', async () => {
    await using instance = await anInstance()
    const { plans, runs } = instance.catalogue
    const { id } = await kept(instance)

    expect(await plans.history(id, now)).toEqual({})
    const run = await runs.start(now, process.pid, id)
    await runs.finish(run, { kind: 'done-with-warnings', finishedAt: later(5) })

    expect(await plans.history(id, later(10))).toEqual({ lastStarted: now, lastDone: now, newest: run })
    expect((await runs.get(run)).dueAt).toBeUndefined()
  })

  test('is of its own runs, which are kept when it is gone', async () => {
    await using instance = await anInstance()
    const { plans, runs } = instance.catalogue
    const { id } = await kept(instance)
    const { id: other } = await kept(instance, { name: 'other' })
    await end(instance, await plans.claim(id, due('10'), now, process.pid))

    expect(await plans.history(other, now)).toEqual({})
    await plans.remove('nightly')
    expect((await runs.list(1))[0]?.planId).toBe(id)
  })

  test('is not taken from rows that were altered', async () => {
    await using instance = await anInstance()
    const { id } = await kept(instance)
    await end(instance, await instance.catalogue.plans.claim(id, due('10'), now, process.pid))
    alterCatalogue(instance.home, `update run set due_at = '2027-01-10 or 1=1' where id = 1`)

    await expect(instance.catalogue.runs.list(1)).rejects.toMatchObject({ code: 'CATALOGUE_DAMAGED' })
  })
})

const daily = {
  cron: '0 5 * * *',
  timeZone: 'Europe/Lisbon',
  jitterSeconds: 0,
  windows: [],
  leastSecondsBetween: 0,
}

function aPlan(more: Partial<Plan>): Plan {
  return {
    id: randomUUID(),
    name: 'nightly',
    isEnabled: true,
    jobs: ['secrets', 'system', 'recordings'],
    sources: [],
    destinations: [],
    schedule: daily,
    hooks: {},
    createdAt: new Date('2027-01-01T00:00Z'),
    activeSince: new Date('2027-01-01T00:00Z'),
    ...more,
  }
}

async function kept({ catalogue }: TestInstance, more: Partial<Plan> = {}): Promise<Plan> {
  const plan = aPlan(more)
  await catalogue.plans.add(plan)
  return plan
}

async function end({ catalogue }: TestInstance, run: number | undefined): Promise<void> {
  await catalogue.runs.finish(run ?? 0, { kind: 'done', finishedAt: later(60) })
}

function later(seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000)
}
