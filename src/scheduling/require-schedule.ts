import { RedomaError } from '../core/errors.ts'
import type { Schedule } from '../ports/plan.ts'
import { requireTimeZone } from './cron-times.ts'
import { dueTimes } from './due-times.ts'
import { requireWindow } from './open-times.ts'

/**
 * At the edge: what people or a file say of a schedule makes sense.
 *
 * @param now from which on it has to be due at some time
 * @throws RedomaError `USAGE`
 */
export function requireSchedule(schedule: Schedule, now: Date): void {
  const { cron, timeZone, windows, jitterSeconds } = schedule
  requireTimeZone(timeZone)
  for (const window of windows) requireWindow(window)
  if (jitterSeconds > 0 && cron === undefined) {
    throw new RedomaError('USAGE', 'a jitter goes with a cron expression only', {
      hint: 'Changes come at no fixed time: there is nothing to spread.',
    })
  }
  if (cron === undefined || dueTimes(schedule, '').after(now) !== undefined) return
  throw new RedomaError('USAGE', `${JSON.stringify(cron)} never comes: there is no such day`, {
    hint: 'The third field is the day of the month, the fourth the month.',
  })
}
