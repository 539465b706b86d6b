import { randomUUID } from 'node:crypto'
import type { Plan } from '../../ports/plan.ts'
import { jobs } from '../../ports/progress.ts'

/** What `init` makes: nobody should have to think of it for copies to be made. */
export function defaultPlan(now: Date, timeZone: string): Plan {
  return {
    id: randomUUID(),
    name: 'daily',
    isEnabled: true,
    jobs,
    sources: [],
    destinations: [],
    schedule: { cron: '0 5 * * *', timeZone, jitterSeconds: 0, windows: [], leastSecondsBetween: 0 },
    hooks: {},
    createdAt: now,
    activeSince: now,
  }
}
