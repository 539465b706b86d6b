import type { Schedule } from '../ports/plan.ts'
import { dueTimes } from './due-times.ts'

/**
 * The longest that two due times are apart in a year, in milliseconds, changes of the clocks and jitter included: longer without a run is too long. `undefined` of
 * a schedule without times. Takes a tenth of a second.
 *
 * @throws RedomaError `USAGE` for a schedule that is none
 */
export function periodOf(schedule: Schedule): number | undefined {
  const times = dueTimes({ ...schedule, jitterSeconds: 0 }, '')
  let at = times.after(new Date(beginning))
  let longest = 0
  for (let seen = 0; at !== undefined && (longest === 0 || at.getTime() < beginning + year); seen++) {
    // Where many are near each other, only what is longer than a day is looked for.
    const stride = Math.max(longest, day)
    const far = seen < closely ? undefined : times.upTo(new Date(at.getTime() + stride))
    if (far !== undefined && far > at) {
      at = far
      continue
    }
    const next = times.after(at)
    if (next !== undefined) longest = Math.max(longest, next.getTime() - at.getTime())
    at = next
  }
  return longest === 0 ? undefined : longest + schedule.jitterSeconds * 1000
}

/** Any year would do that has the changes of its zone. */
const beginning = Date.UTC(2027, 0, 1)
const day = 86_400_000
const year = 366 * day
const closely = 200
