import { describe, expect, test } from 'vitest'
import type { Plan } from '../../ports/plan.ts'
import { troublesOfPlans } from './troubles-of-plans.ts'

const hourMs = 3_600_000
const switchedOn = new Date('2026-03-01T00:00:00Z')
const plan: Plan = {
  id: '0b1f4f5e-6f0a-4a53-9d0a-5b3f0f6e1c11',
  name: 'daily',
  isEnabled: true,
  jobs: ['system'],
  sources: [],
  destinations: [],
  schedule: { cron: '0 5 * * *', timeZone: 'UTC', jitterSeconds: 0, windows: [], leastSecondsBetween: 0 },
  hooks: {},
  createdAt: switchedOn,
  activeSince: switchedOn,
}

function lateAfter(
  hours: number,
  more: Partial<Plan> = {},
  lastDoneHours?: number,
  periodHours = 24,
): boolean {
  const at = (count: number): Date => new Date(switchedOn.getTime() + count * hourMs)
  const lastDone = lastDoneHours === undefined ? undefined : at(lastDoneHours)
  const soFar = { plan: { ...plan, ...more }, lastDone, periodMs: periodHours * hourMs }
  return troublesOfPlans([soFar], at(hours)).length > 0
}

describe('a plan', () => {
  test('is late when nothing was done for its period and a quarter of it, six hours at most', () => {
    expect([lateAfter(29.9), lateAfter(30.1)]).toEqual([false, true])
    expect([lateAfter(5 + 29.9, {}, 5), lateAfter(5 + 30.1, {}, 5)]).toEqual([false, true])
    expect([lateAfter(168 + 5.9, {}, undefined, 168), lateAfter(168 + 6.1, {}, undefined, 168)]).toEqual([
      false,
      true,
    ])
  })

  test('that comes every few minutes has ten minutes', () => {
    expect([lateAfter(0.24, {}, undefined, 1 / 12), lateAfter(0.26, {}, undefined, 1 / 12)]).toEqual([
      false,
      true,
    ])
  })

  test('is not late by what was before it was switched on, nor while it is off, nor without times', () => {
    expect(lateAfter(100, { activeSince: new Date(switchedOn.getTime() + 99 * hourMs) }, 1)).toBe(false)
    expect(lateAfter(100, { isEnabled: false })).toBe(false)
    expect(troublesOfPlans([{ plan, periodMs: undefined }], new Date('2030-01-01'))).toEqual([])
  })

  test('is late by its last run, though the clock was years ahead when it was switched on', () => {
    const activeSince = new Date('2031-01-01T00:00:00Z')

    expect(lateAfter(100, { activeSince }, 1)).toBe(true)
    expect(lateAfter(100, { activeSince })).toBe(false)
  })

  test('that is late says since when, and what it should be', () => {
    const lastDone = new Date('2026-03-02T05:00:00Z')

    const [trouble] = troublesOfPlans(
      [{ plan, lastDone, periodMs: 24 * hourMs }],
      new Date('2026-03-04T12:00:00Z'),
    )

    expect(trouble).toMatchObject({
      kind: 'backup-late',
      key: plan.id,
      title: 'The plan daily is late',
      text: 'The last run that was done began at 2026-03-02T05:00:00.000Z, and it should be every 24 hours.',
    })
  })
})
