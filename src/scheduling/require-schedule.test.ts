import { describe, expect, test } from 'vitest'
import type { Schedule } from '../ports/plan.ts'
import { parseWindow } from './open-times.ts'
import { periodOf } from './period-of.ts'
import { requireSchedule } from './require-schedule.ts'

const daily: Schedule = {
  cron: '0 5 * * *',
  timeZone: 'Europe/Lisbon',
  jitterSeconds: 0,
  windows: [],
  leastSecondsBetween: 0,
}
const now = new Date('2027-01-01T00:00Z')

describe('a schedule', () => {
  test.each([
    ['0 5 * * *'],
    ['*/15 8-18 * JAN-MAR mon-fri'],
    ['0 0 29 2 *'],
    ['  0   5 * * 7 '],
    ['5,35 0-23/2 1,15 * *'],
  ])('may be %j', (cron) => {
    expect(() => {
      requireSchedule({ ...daily, cron }, now)
    }).not.toThrow()
  })

  test.each([
    ['60 5 * * *', 'Invalid value for minute'],
    ['0 5 * *', 'it has 4 fields, not five'],
    ['0 0 5 * * *', 'it has 6 fields, not five'],
    ['@daily', 'it has 1 fields, not five'],
    ['0 5 L * *', 'is not a cron expression'],
    ['0 5 * * 5#2', 'is not a cron expression'],
    ['0 5 ? * *', 'is not a cron expression'],
    ['0 5 * * Caturday', 'is not a cron expression'],
    ['* * * * */0', 'is not a cron expression'],
    ['0 5 31 2 *', 'never comes'],
    ['', 'is not a cron expression'],
  ])('is not %j: %s', (cron, message) => {
    expect(() => {
      requireSchedule({ ...daily, cron }, now)
    }).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) as string }),
    )
  })

  test.each(['Lisbon', '+01:00', '', 'Europe/Lisboa'])('has no time zone %j', (timeZone) => {
    expect(() => {
      requireSchedule({ ...daily, timeZone }, now)
    }).toThrow(expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('Lisbon') as string }))
  })

  test.each(['22:00', '22:00-', '24:00-06:00', '22:00-22:00', '22-6', '22:60-23:00', '1:00-2:00-3:00'])(
    'has no window %j',
    (text) => {
      expect(() => parseWindow(text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
    },
  )

  test('has windows as people write them', () => {
    expect(parseWindow('9:30 - 17:00')).toEqual({ from: '09:30', to: '17:00' })
  })

  test('of days that fit in both ways is of days that fit in one, as crontab(5) has it, unless one begins with *', () => {
    expect(periodOf({ ...daily, cron: '0 5 1 * 1' })).toBeLessThanOrEqual(7 * 86_400_000 + 3_600_000)
    // Mondays that are odd.
    expect(periodOf({ ...daily, cron: '0 5 */2 * 1' })).toBeGreaterThan(7 * 86_400_000 + 3_600_000)
  })
})

describe('the period of a schedule', () => {
  const hour = 3_600_000
  test.each([
    // On the day that has 25 hours.
    ['0 5 * * *', 25 * hour],
    ['0 * * * *', hour],
    ['*/5 * * * *', hour / 12],
    // From Friday to Monday.
    ['0 9-17 * * 1-5', 64 * hour + hour],
    ['0 0 1 * *', 31 * 24 * hour + hour],
    ['0 0 29 2 *', (4 * 365 + 1) * 24 * hour],
  ])('of %s is %d ms', (cron, period) => {
    expect(periodOf({ ...daily, cron })).toBe(period)
  })

  test('counts windows and jitter, and there is none without times', () => {
    const hourlyAtNight = {
      ...daily,
      timeZone: 'UTC',
      cron: '30 * * * *',
      windows: [{ from: '22:00', to: '06:00' }],
    }

    // From 05:30 to 22:00.
    expect(periodOf(hourlyAtNight)).toBe(16.5 * hour)
    expect(periodOf({ ...hourlyAtNight, jitterSeconds: 600 })).toBe(16.5 * hour + 600_000)
    expect(periodOf({ ...daily, cron: undefined })).toBeUndefined()
  })
})
