import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import type { Schedule, Window } from '../ports/plan.ts'
import { dueTimes, nextDue } from './due-times.ts'

const plain: Schedule = {
  cron: '0 5 * * *',
  timeZone: 'UTC',
  jitterSeconds: 0,
  windows: [],
  leastSecondsBetween: 0,
}
const runs = process.env['SLOW'] === undefined ? 60 : 2000
const minute = 60_000
const day = 86_400_000

/** The days on which the clocks change, in 2027. */
const changes = [
  ['Europe/Lisbon', '2027-03-28', '2027-10-31'],
  ['America/New_York', '2027-03-14', '2027-11-07'],
  ['Australia/Lord_Howe', '2027-10-03', '2027-04-04'],
] as const

describe('a time that a change of the clocks leaves out, or has twice', () => {
  test.each([
    // 02:30 is not there on 14 March: 03:00 is the first moment after.
    ['America/New_York', '30 2 * * *', '2027-03-13T12:00Z', ['2027-03-14T07:00', '2027-03-15T06:30']],
    // Two in the gap are one.
    ['America/New_York', '15,45 2 * * *', '2027-03-13T12:00Z', ['2027-03-14T07:00', '2027-03-15T06:15']],
    // 01:30 is there twice on 7 November.
    ['America/New_York', '30 1 * * *', '2027-11-06T12:00Z', ['2027-11-07T05:30', '2027-11-08T06:30']],
    ['Europe/Lisbon', '30 1 * * *', '2027-03-27T12:00Z', ['2027-03-28T01:00', '2027-03-29T00:30']],
    ['Europe/Lisbon', '30 1 * * *', '2027-10-30T12:00Z', ['2027-10-31T00:30', '2027-11-01T01:30']],
    // Half an hour alone.
    ['Australia/Lord_Howe', '15 2 * * *', '2027-10-02T00:00Z', ['2027-10-02T15:30', '2027-10-03T15:15']],
    ['Australia/Lord_Howe', '45 1 * * *', '2027-04-03T00:00Z', ['2027-04-03T14:45', '2027-04-04T15:15']],
    // Each hour is each hour.
    ['Europe/Lisbon', '30 * * * *', '2027-10-31T00:00Z', ['2027-10-31T00:30', '2027-10-31T01:30']],
    ['Europe/Lisbon', '30 * * * *', '2027-03-28T00:00Z', ['2027-03-28T00:30', '2027-03-28T01:30']],
  ])('in %s, of %s after %s, comes once', (timeZone, cron, after, expected) => {
    expect(following({ ...plain, cron, timeZone }, new Date(after), 2)).toEqual(
      expected.map((time) => `${time}:00.000Z`),
    )
  })
})

describe('due times', () => {
  property.prop([anySchedule(), fc.double({ min: 0, max: 1, noNaN: true })], { numRuns: runs })(
    'are those that somebody would find who looked at each minute',
    ({ schedule, around }, share) => {
      const all = oneByOne(schedule, around - 10 * day, around + 11 * day)
      const at = new Date(Math.floor(around + (3 * share - 1) * day))

      const times = dueTimes(schedule, 'seed')

      expect(times.after(at)?.toISOString()).toBe(all.find((time) => time > at)?.toISOString())
      expect(times.upTo(at)?.toISOString()).toBe(all.findLast((time) => time <= at)?.toISOString())
    },
  )

  property.prop([anySchedule(), fc.integer({ min: 1, max: 3600 })], { numRuns: runs / 2 })(
    'are as many with jitter as without, in the same order, none later than it may be and none beyond the next',
    ({ schedule, around }, jitterSeconds) => {
      const without = { ...schedule, jitterSeconds: 0, windows: [] }
      const times = dueTimes({ ...without, jitterSeconds }, 'seed')
      let due = nextDue(without, new Date(around - day), 'seed')

      for (let seen = 0; seen < 10 && due !== undefined; seen++) {
        const next = nextDue(without, due, 'seed')
        const moved = times.after(new Date(due.getTime() - 1))
        const limit = Math.min(due.getTime() + jitterSeconds * 1000, next?.getTime() ?? Infinity)
        expect(moved?.getTime()).toBeGreaterThanOrEqual(due.getTime())
        expect(moved?.getTime()).toBeLessThan(limit)
        due = next
      }
    },
  )

  test('are moved by the same jitter whenever they are asked for, and by another for another plan', () => {
    const schedule = { ...plain, jitterSeconds: 3600 }
    const of = (seed: string): string[] => following(schedule, new Date('2027-01-01T00:00Z'), 20, seed)

    expect(of('a')).toEqual(of('a'))
    expect(of('b')).not.toEqual(of('a'))
    expect(new Set(of('a').map((time) => time.slice(11))).size).toBeGreaterThan(10)
  })

  test('between two windows are one: the beginning of the next', () => {
    const schedule = { ...plain, cron: '0 */4 * * *', windows: [{ from: '22:00', to: '06:00' }] }

    expect(following(schedule, new Date('2027-01-01T00:00Z'), 4)).toEqual([
      '2027-01-01T04:00:00.000Z',
      '2027-01-01T22:00:00.000Z',
      '2027-01-02T00:00:00.000Z',
      '2027-01-02T04:00:00.000Z',
    ])
    expect(dueTimes(schedule, '').upTo(new Date('2027-01-01T21:59Z'))).toEqual(new Date('2027-01-01T04:00Z'))
  })

  test('are none without a cron expression', () => {
    expect(nextDue({ ...plain, cron: undefined }, new Date('2027-01-01T00:00Z'), '')).toBeUndefined()
  })
})

function following(schedule: Schedule, after: Date, many: number, seed = 'seed'): string[] {
  const found: string[] = []
  let at: Date | undefined = after
  while (found.length < many) {
    at = nextDue(schedule, at, seed)
    if (at === undefined) break
    found.push(at.toISOString())
  }
  return found
}

interface AroundChange {
  readonly schedule: Schedule
  /** A day on which the clocks change. */
  readonly around: number
}

function anySchedule(): fc.Arbitrary<AroundChange> {
  const numbers = (max: number) =>
    fc.uniqueArray(fc.integer({ min: 0, max }), { minLength: 1, maxLength: 3 }).map((all) => all.join(','))
  const field = (max: number, steps: readonly number[]) =>
    fc.oneof(
      numbers(max),
      fc.constant('*'),
      fc.constantFrom(...steps).map((step) => `*/${step}`),
    )
  const time = fc.integer({ min: 0, max: 95 }).map((quarter) => {
    const [hour, rest] = [Math.floor(quarter / 4), (quarter % 4) * 15]
    return `${String(hour).padStart(2, '0')}:${String(rest).padStart(2, '0')}`
  })
  const window = fc.tuple(time, time).map(([from, to]): Window => ({ from, to }))
  return fc
    .record({
      change: fc.constantFrom(...changes),
      isSpring: fc.boolean(),
      minutes: field(59, [7, 15, 30]),
      hours: fc.oneof(field(23, [2, 5]), numbers(4)),
      weekdays: fc.oneof(fc.constant('*'), numbers(6)),
      windows: fc.array(
        window.filter(({ from, to }) => from !== to),
        { maxLength: 2 },
      ),
    })
    .map(({ change: [timeZone, spring, autumn], isSpring, minutes, hours, weekdays, windows }) => ({
      schedule: { ...plain, cron: `${minutes} ${hours} * * ${weekdays}`, timeZone, windows },
      around: Date.parse(isSpring ? spring : autumn),
    }))
}

/** By looking at every minute, and at nothing else: no calendar, no search. */
function oneByOne({ cron = '', timeZone, windows }: Schedule, from: number, until: number): Date[] {
  const [minutes = '', hours = '', , , weekdays = ''] = cron.split(' ')
  const isFixed = !minutes.startsWith('*') && !hours.startsWith('*')
  const named = { minutes: namedBy(minutes, 60), hours: namedBy(hours, 24), weekdays: namedBy(weekdays, 7) }
  const isNamed = (wall: number): boolean =>
    named.minutes.has((wall / minute) % 60) &&
    named.hours.has(Math.floor(wall / (60 * minute)) % 24) &&
    named.weekdays.has(new Date(wall).getUTCDay())
  const seen = new Set<number>()
  const due: Date[] = []
  let isWaiting = false
  let before: number | undefined
  for (let at = from; at < until; at += minute) {
    const wall = wallAt(timeZone, at)
    if (isNamed(wall) && !(isFixed && seen.has(wall))) {
      isWaiting = true
      seen.add(wall)
    }
    // A gap: what lies in it is now, unless it goes on by real time.
    for (let gone = (before ?? wall) + minute; isFixed && gone < wall; gone += minute)
      isWaiting ||= isNamed(gone)
    before = wall
    if (!isWaiting || !isIn(windows, wall)) continue
    due.push(new Date(at))
    isWaiting = false
  }
  return due
}

function namedBy(field: string, many: number): ReadonlySet<number> {
  const all = Array.from({ length: many }, (_, value) => value)
  const step = Number(/^\*(?:\/(\d+))?$/.exec(field)?.[1] ?? 1)
  return new Set(
    field.startsWith('*') ? all.filter((value) => value % step === 0) : field.split(',').map(Number),
  )
}

const walls = new Map<string, Map<number, number>>()

/** What a clock on the wall shows, as if it were in UTC. */
function wallAt(timeZone: string, at: number): number {
  const known = walls.get(timeZone) ?? new Map<number, number>()
  walls.set(timeZone, known)
  const quarter = Math.floor(at / (15 * minute)) * 15 * minute
  let wall = known.get(quarter)
  if (wall === undefined) {
    const text = new Date(quarter).toLocaleString('sv-SE', {
      timeZone,
      dateStyle: 'short',
      timeStyle: 'short',
    })
    wall = Date.parse(`${text.replace(' ', 'T')}Z`)
    known.set(quarter, wall)
  }
  return wall + at - quarter
}

function isIn(windows: readonly Window[], wall: number): boolean {
  if (windows.length === 0) return true
  const time = new Date(wall).toISOString().slice(11, 16)
  return windows.some(({ from, to }) => (from < to ? from <= time && time < to : from <= time || time < to))
}
