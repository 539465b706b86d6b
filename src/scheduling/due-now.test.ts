import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import type { Plan, Schedule } from '../ports/plan.ts'
import { dueNow, type PlanMoment, quietUntil } from './due-now.ts'

const schedule: Schedule = {
  cron: '0 5 * * *',
  timeZone: 'UTC',
  jitterSeconds: 0,
  windows: [],
  leastSecondsBetween: 0,
}
const plan: Pick<Plan, 'id' | 'isEnabled' | 'schedule' | 'activeSince'> = {
  id: '5b0d9a8e-6f0c-4a7e-9f6b-0d6a2f6d9b11',
  isEnabled: true,
  schedule,
  activeSince: new Date('2027-01-01T12:00Z'),
}
const at = (time: string): Date => new Date(`2027-${time}Z`)
const due = (time: string, why = 'schedule') => ({ at: at(time), why })

describe('a plan', () => {
  test('is due from its time on until a run is claimed, and then no more', () => {
    const lastDue = at('01-09T05:00')

    expect(dueNow(plan, { lastDue, now: at('01-10T04:59:59') })).toBeUndefined()
    expect(dueNow(plan, { lastDue, now: at('01-10T05:00') })).toEqual(due('01-10T05:00'))
    expect(dueNow(plan, { lastDue, now: at('01-10T23:00') })).toEqual(due('01-10T05:00'))
    expect(dueNow(plan, { lastDue: at('01-10T05:00'), now: at('01-10T23:00') })).toBeUndefined()
  })

  test('makes up for all that was missed by one run', () => {
    expect(dueNow(plan, { lastDue: at('01-09T05:00'), now: at('01-20T09:30') })).toEqual(due('01-20T05:00'))
  })

  test('does not make up for what was due before it was made, and neither when it is switched off', () => {
    expect(dueNow(plan, { now: at('01-01T13:00') })).toBeUndefined()
    expect(dueNow(plan, { now: at('01-02T05:00') })).toEqual(due('01-02T05:00'))
    expect(dueNow({ ...plan, isEnabled: false }, { now: at('01-02T05:00') })).toBeUndefined()
  })

  test('that was missed waits for a window', () => {
    const nightly = { ...plan, schedule: { ...schedule, windows: [{ from: '04:00', to: '06:00' }] } }
    const missed = (now: string): unknown => dueNow(nightly, { lastDue: at('01-09T05:00'), now: at(now) })

    expect(missed('01-10T06:00')).toBeUndefined()
    expect(missed('01-11T03:59')).toBeUndefined()
    expect(missed('01-11T04:00')).toEqual(due('01-10T05:00'))
  })

  test('does not run more often than it may', () => {
    const seldom = { ...plan, schedule: { ...schedule, cron: '*/10 * * * *', leastSecondsBetween: 3600 } }
    const last = { lastDue: at('01-10T05:00'), lastStarted: at('01-10T05:02') }

    expect(dueNow(seldom, { ...last, now: at('01-10T06:01') })).toBeUndefined()
    expect(dueNow(seldom, { ...last, now: at('01-10T06:02') })).toEqual(due('01-10T06:00'))
  })

  describe('that runs after changes', () => {
    const after = { ...plan, schedule: { ...schedule, cron: undefined, afterChangesSeconds: 300 } }
    const last = { lastDue: at('01-10T05:00'), lastStarted: at('01-10T05:00') }
    const asks = (moment: Omit<PlanMoment, 'lastDue'>): unknown => dueNow(after, { ...last, ...moment })

    test('is due when nothing has changed for so long', () => {
      const changedAt = at('01-10T09:00')

      expect(asks({ changedAt, now: at('01-10T09:04:59') })).toBeUndefined()
      expect(asks({ changedAt, now: at('01-10T09:05') })).toEqual(due('01-10T09:05', 'changes'))
      expect(asks({ changedAt: at('01-10T09:04'), now: at('01-10T09:05') })).toBeUndefined()
    })

    test('is not due for what the last run has', () => {
      const now = at('01-10T12:00')

      expect(asks({ changedAt: at('01-10T04:59'), now })).toBeUndefined()
      expect(asks({ changedAt: at('01-10T09:00'), lastStarted: at('01-10T09:01'), now })).toBeUndefined()
    })

    test('does not run twice when it is due by the clock as well', () => {
      const both = { ...plan, schedule: { ...schedule, afterChangesSeconds: 300 } }
      const moment = { lastDue: at('01-09T05:00'), changedAt: at('01-10T04:57'), now: at('01-10T05:02') }

      const found = dueNow(both, moment)

      expect(found).toEqual(due('01-10T05:02', 'changes'))
      const claimed = { ...moment, lastDue: found?.at, lastStarted: moment.now }
      expect(dueNow(both, { ...claimed, now: at('01-10T05:03') })).toBeUndefined()
    })
  })

  describe('whose clock was set back', () => {
    test('by a little does not run again', () => {
      const last = { lastDue: at('01-10T05:00'), lastStarted: at('01-10T05:00') }

      expect(dueNow(plan, { ...last, now: at('01-10T04:50') })).toBeUndefined()
      expect(dueNow(plan, { ...last, now: at('01-10T05:00') })).toBeUndefined()
    })

    test('by years does not sleep for years', () => {
      const ahead = { lastDue: new Date('2031-05-05T05:00Z'), lastStarted: new Date('2031-05-05T05:00Z') }
      const seldom = { ...plan, schedule: { ...schedule, leastSecondsBetween: 3600 } }

      expect(dueNow(seldom, { ...ahead, now: at('01-10T05:01') })).toEqual(due('01-10T05:00'))
    })
  })
})

describe('a plan that is not due', () => {
  const hour = 3_600_000
  const around = Date.parse('2027-03-28T00:00Z')
  const time = fc.integer({ min: -60, max: 60 }).map((hours) => new Date(around + hours * hour))
  const anySchedule: fc.Arbitrary<Schedule> = fc.record({
    cron: fc.constantFrom('0 5 * * *', '30 1 * * *', '*/20 * * * *', '0 9 * * 1', undefined),
    timeZone: fc.constantFrom('UTC', 'Europe/Lisbon', 'Australia/Lord_Howe'),
    jitterSeconds: fc.constantFrom(0, 0, 1800),
    windows: fc.constantFrom([], [{ from: '22:00', to: '06:00' }], [{ from: '01:00', to: '01:30' }]),
    leastSecondsBetween: fc.constantFrom(0, 0, 7200),
    afterChangesSeconds: fc.constantFrom(undefined, 300, 7200),
  })
  const moment = fc.record({
    lastDue: fc.option(time, { nil: undefined }),
    lastStarted: fc.option(time, { nil: undefined }),
    changedAt: fc.option(time, { nil: undefined }),
    now: time,
  })
  const runs = process.env['SLOW'] === undefined ? 100 : 5000

  property.prop([anySchedule, moment, time], { numRuns: runs })(
    'stays so until the time that is named for it, whichever way its runs and the clock went',
    (any, seen, activeSince) => {
      const one = { ...plan, schedule: any, activeSince }
      fc.pre(dueNow(one, seen) === undefined)
      const until = quietUntil(one, seen) ?? new Date(seen.now.getTime() + 200 * hour)

      expect(until.getTime()).toBeGreaterThan(seen.now.getTime())
      const quiet = until.getTime() - seen.now.getTime()
      for (let share = 1; share <= 40; share++) {
        const now = new Date(seen.now.getTime() + Math.floor((quiet * share) / 40) - 1)
        expect(dueNow(one, { ...seen, now }), now.toISOString()).toBeUndefined()
      }
    },
  )

  test('is looked at again when it may run, when its window opens, and when it is due', () => {
    const last = { lastDue: at('01-10T05:00'), lastStarted: at('01-10T05:00') }
    const nightly = { ...schedule, windows: [{ from: '04:00', to: '06:00' }] }
    const until = (more: Partial<Schedule>, seen: PlanMoment): unknown =>
      quietUntil({ ...plan, schedule: { ...schedule, ...more } }, { ...last, ...seen })

    expect(until({}, { now: at('01-10T08:00') })).toEqual(at('01-11T05:00'))
    expect(until({ leastSecondsBetween: 5400 }, { now: at('01-10T06:00') })).toEqual(at('01-10T06:30'))
    expect(until(nightly, { lastDue: at('01-09T05:00'), now: at('01-10T07:00') })).toEqual(at('01-11T04:00'))
    const changed = { changedAt: at('01-10T09:00'), now: at('01-10T09:01') }
    expect(until({ afterChangesSeconds: 300 }, changed)).toEqual(at('01-10T09:05'))
    expect(until({ cron: undefined }, { now: at('01-10T08:00') })).toBeUndefined()
  })
})
