import { z } from '@hono/zod-openapi'
import { whenDue } from '../../app/plans/when-due.ts'
import type { Run } from '../../ports/catalogue.ts'
import type { Plan } from '../../ports/plan.ts'
import { planSpec } from '../../ports/plan-spec.ts'
import { entryName } from '../../ports/specs.ts'
import { time } from './paging.ts'
import { runStates } from './run.ts'

const isEnabled = z.boolean().openapi({ description: 'Whether runs begin of themselves.' })

const facts = planSpec.extend({
  id: z.uuid(),
  name: z.string(),
  isEnabled,
  createdAt: time,
  activeSince: time.openapi({ description: 'What was due before is not made up for.' }),
})

export const plan = facts
  .extend({
    nextDue: time
      .optional()
      .openapi({ description: 'By the clock; absent: it is off, or never due by the clock.' }),
    lastRun: z.object({ id: z.int().positive(), state: z.enum(runStates), startedAt: time }).optional(),
  })
  .openapi('Plan')

export const newPlan = planSpec
  .extend({ name: entryName, isEnabled: isEnabled.default(true) })
  .openapi('NewPlan')

const { jobs, sources, destinations, schedule, hooks } = planSpec.shape

/** What is named is changed as a whole, and the rest stays. */
export const planChange = z
  .strictObject({
    isEnabled: isEnabled.optional(),
    jobs: jobs.optional(),
    sources: sources.unwrap().optional(),
    destinations: destinations.unwrap().optional(),
    schedule: schedule.optional(),
    hooks: hooks.unwrap().optional(),
  })
  .openapi('PlanChange')

/** What people said of it, by which its ETag is told: not what time makes of it. */
export function planFacts({ createdAt, activeSince, ...rest }: Plan): z.output<typeof facts> {
  return {
    ...(rest as Omit<z.output<typeof facts>, 'createdAt' | 'activeSince'>),
    createdAt: createdAt.toISOString(),
    activeSince: activeSince.toISOString(),
  }
}

export function planJson(one: Plan, last: Run | undefined, now: Date): z.output<typeof plan> {
  return {
    ...planFacts(one),
    nextDue: one.isEnabled ? whenDue(one, now, 1)[0]?.toISOString() : undefined,
    lastRun: last && { id: last.id, state: last.state.kind, startedAt: last.startedAt.toISOString() },
  }
}
