import { fc, test as property } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import type { Plan, Schedule } from '../../src/ports/plan.ts'
import { dueNow } from '../../src/scheduling/due-now.ts'
import { nextDue } from '../../src/scheduling/due-times.ts'
import { periodOf } from '../../src/scheduling/period-of.ts'
import { alterCatalogue, anInstance, type TestInstance } from '../support/instance.ts'
import { type Random, seededRandom } from '../support/seeded-random.ts'
import { memoryFolder } from '../support/temporary-folder.ts'

/*
 * A year by a simulated clock, on the real catalogue: three plans in zones whose clocks change on different days, one of them by half an hour. The machine is off now and then,
 * also in the midst of a run. Every quarter of an hour that it is on, each plan is asked whether it is due.
 */

const minute = 60_000
const quarter = 15 * minute
const hour = 60 * minute
const day = 24 * hour
const begin = Date.UTC(2027, 0, 1)
const longestRun = 3 * hour
/** Above the highest number that Linux gives to a process. */
const goneProcess = 4_194_304

const numRuns = process.env['SLOW'] === undefined ? 1 : 20
const days = process.env['SLOW'] === undefined ? 366 : 732

describe('in a year of plans, with changes of the clocks in three zones and the machine off at times', () => {
  property.prop([fc.integer(), fc.boolean()], { numRuns })(
    'no two runs are under way at once, none is begun twice, and none is missed for longer than its period',
    async (seed, isOften) => {
      await using instance = await anInstance(await memoryFolder())
      const plans = schedules(isOften).map((schedule, index) => aPlan(index, schedule))
      for (const plan of plans) await instance.catalogue.plans.add(plan)
      const power = outages(seed)

      const runs = await live(instance, plans, power, seed)

      const inOrder = runs.toSorted((one, other) => one.begin - other.begin)
      for (const [index, run] of inOrder.entries())
        expect(run.begin).toBeGreaterThanOrEqual(inOrder[index - 1]?.end ?? 0)
      for (const plan of plans) expectKept(plan, runs, power)
    },
    240_000,
  )
})

interface LivedRun {
  readonly id: number
  readonly planId: string
  readonly dueAt: number
  readonly begin: number
  readonly end: number
  readonly isLost: boolean
}

/** When the machine is off: `from` is the first moment, `until` the first after. */
interface Outage {
  readonly from: number
  readonly until: number
}

/** What must hold of a plan, whatever happened: told by its due times alone, found one by one. */
function expectKept(plan: Plan, runs: readonly LivedRun[], power: readonly Outage[]): void {
  const own = runs.filter(({ planId }) => planId === plan.id)
  const whole = own.filter(({ isLost }) => !isLost)
  const dueTimes = whole.map(({ dueAt }) => dueAt)
  expect(new Set(dueTimes).size).toBe(dueTimes.length)
  expect(dueTimes).toEqual(dueTimes.toSorted((one, other) => one - other))

  const period = periodOf(plan.schedule) ?? 0
  // The two other plans may be at work first, again and again while processes die.
  const patience = 2 * 4 * longestRun + quarter
  const end = begin + days * day
  let due = nextDue(plan.schedule, new Date(begin), plan.id)
  // Of the last ones it is not known: the machine may be off from then on.
  while (due !== undefined && timeOn(due.getTime(), end, power) > period + patience + day) {
    const at = due.getTime()
    const made = whole.find((run) => run.dueAt >= at)
    expect(made, `${plan.name}: due ${due.toISOString()}`).toBeDefined()
    const waited = timeOn(at, made?.begin ?? 0, power)
    expect(waited, `${plan.name}: due ${due.toISOString()}`).toBeLessThan(period + patience)
    const isCalm = power.every(({ from, until }) => until < at - day || from > at + day)
    if (isCalm && plan.schedule.windows.length === 0)
      expect(waited, `${plan.name}: due ${due.toISOString()}`).toBeLessThan(3 * longestRun)
    due = nextDue(plan.schedule, due, plan.id)
  }
}

/** How long the machine was on between the two. */
function timeOn(from: number, until: number, power: readonly Outage[]): number {
  const off = power.reduce(
    (sum, outage) => sum + Math.max(0, Math.min(outage.until, until) - Math.max(outage.from, from)),
    0,
  )
  return until - from - off
}

async function live(
  { home, catalogue }: TestInstance,
  plans: readonly Plan[],
  power: readonly Outage[],
  seed: number,
): Promise<LivedRun[]> {
  const random = seededRandom(seed ^ 1)
  const runs: LivedRun[] = []
  // What the plans say between two looks that nothing can change needs not be asked for.
  const sleeping = new Map<string, number>()
  for (let now = begin; now < begin + days * day; now += quarter) {
    if (power.some(({ from, until }) => from <= now && now < until)) {
      sleeping.clear()
      await die()
      continue
    }
    for (const plan of plans) {
      if (now < (sleeping.get(plan.id) ?? 0)) continue
      const at = new Date(now)
      const { lastDue, lastStarted } = await catalogue.plans.history(plan.id, at)
      const due = dueNow(plan, { lastDue, lastStarted, now: at })
      if (due === undefined) {
        const next = nextDue(plan.schedule, at, plan.id)?.getTime() ?? 0
        if (lastDue !== undefined && isAllMade(plan, lastDue, at)) sleeping.set(plan.id, next)
        continue
      }
      const current = runs.at(-1)
      const isBusy = current !== undefined && current.end > now
      if (isBusy) await expectRefused(plan, due.at, at)
      else await begins(plan, due.at, at)
    }
  }
  return runs

  /** The catalogue itself says so, of a run that is not finished and whose process is there. */
  async function expectRefused(plan: Plan, dueAt: Date, at: Date): Promise<void> {
    expect(await catalogue.plans.claim(plan.id, dueAt, at, process.pid)).toBeUndefined()
  }

  async function begins(plan: Plan, dueAt: Date, at: Date): Promise<void> {
    const [last] = await catalogue.runs.list(1)
    if (last?.state.kind === 'running') await catalogue.runs.finish(last.id, { kind: 'done', finishedAt: at })
    const end = at.getTime() + minute * (1 + random(longestRun / minute))
    const outage = power.find(({ from }) => from > at.getTime() && from < end)
    const id = await catalogue.plans.claim(plan.id, dueAt, at, process.pid)
    if (id === undefined) throw new Error(`${plan.name} was not begun`)
    const run = { id, planId: plan.id, dueAt: dueAt.getTime(), begin: at.getTime() }
    runs.push({ ...run, end: outage?.from ?? end, isLost: outage !== undefined })
  }

  /** When the machine goes off, so does the process of the run. */
  async function die(): Promise<void> {
    const last = runs.at(-1)
    if (last?.isLost !== true || (await catalogue.runs.get(last.id)).state.kind === 'lost') return
    alterCatalogue(
      home,
      `update run set process_id = ${goneProcess}, process_identity = null where id = ${last.id}`,
    )
  }
}

/** Nothing waits for a window. */
function isAllMade({ id, schedule }: Plan, lastDue: Date, now: Date): boolean {
  const next = nextDue(schedule, lastDue, id)
  return next === undefined || next > now
}

/** About thirty in a year, of minutes to five days. */
function outages(seed: number): Outage[] {
  const random = seededRandom(seed)
  const found: Outage[] = []
  for (let at = begin; at < begin + days * day; ) {
    at += anyOf(random, 20 * day)
    const until = at + anyOf(random, random(3) === 0 ? 5 * day : 6 * hour)
    found.push({ from: at, until })
    at = until + day
  }
  return found
}

function anyOf(random: Random, most: number): number {
  return quarter * (1 + random(most / quarter))
}

function schedules(isOften: boolean): Schedule[] {
  const plain = { jitterSeconds: 0, windows: [], leastSecondsBetween: 0 }
  return [
    { ...plain, timeZone: 'Europe/Lisbon', cron: '30 1 * * *' },
    {
      ...plain,
      timeZone: 'America/New_York',
      cron: isOften ? '15 */6 * * *' : '30 2 * * 0,3',
      windows: [{ from: '22:00', to: '06:00' }],
    },
    {
      ...plain,
      timeZone: 'Australia/Lord_Howe',
      cron: '45 1,2,14 * * *',
      jitterSeconds: 1800,
      leastSecondsBetween: 3600,
    },
  ]
}

function aPlan(index: number, schedule: Schedule): Plan {
  return {
    id: `00000000-0000-4000-8000-00000000000${index}`,
    name: schedule.timeZone.replace('/', '.'),
    isEnabled: true,
    jobs: ['system'],
    sources: [],
    destinations: [],
    schedule,
    hooks: {},
    createdAt: new Date(begin),
    activeSince: new Date(begin),
  }
}
