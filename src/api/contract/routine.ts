import { z } from '@hono/zod-openapi'
import { nextOfRoutine } from '../../app/next-of-routine.ts'
import { schedule } from '../../ports/plan-spec.ts'
import { type Routine, routineNames } from '../../ports/routine.ts'
import type { KeptVerification } from '../../ports/verification.ts'
import { time } from './paging.ts'

const name = z.enum(routineNames).openapi({
  description:
    'verification: reads back what lies at destinations; heads: tells the heads of ledgers to witnesses; reminders: reminds guardians whose drill is overdue.',
})
const isEnabled = z.boolean().openapi({ description: 'Whether the daemon does it.' })

export const namedRoutine = z.object({ name })

/** All that people say of one: it is put as a whole. */
export const routineWords = z.strictObject({ isEnabled, schedule }).openapi('RoutineWords')

const facts = z.object({
  name,
  isEnabled,
  schedule,
  activeSince: time.openapi({ description: 'What was due before is not made up for.' }),
})

const verified = z.object({
  destination: z.string(),
  what: z.enum(['ledger', 'repository']),
  lookedAt: time.optional().openapi({ description: 'When it was last looked at; absent: never.' }),
  findings: z.int().nonnegative().optional().openapi({ description: 'How many things were wrong then.' }),
  failedAt: time.optional().openapi({ description: 'When it could not be looked at, since then.' }),
})

export const routine = facts
  .extend({
    nextDue: time.optional().openapi({ description: 'By the clock; absent: it is off.' }),
    verified: z
      .array(verified)
      .optional()
      .openapi({ description: 'Of verification: what became of the last of each destination.' }),
  })
  .openapi('Routine')

/** What people said of it, by which its ETag is told: not what time makes of it. */
export function routineFacts({
  name: of,
  isEnabled: isOn,
  schedule: when,
  activeSince,
}: Routine): z.output<typeof facts> {
  return {
    ...{ name: of, isEnabled: isOn, activeSince: activeSince.toISOString() },
    schedule: { ...when, windows: [...when.windows] },
  }
}

export function routineJson(
  one: Routine,
  kept: readonly (KeptVerification & { readonly destination: string })[],
  now: Date,
): z.output<typeof routine> {
  return {
    ...routineFacts(one),
    nextDue: nextOfRoutine(one, now)?.toISOString(),
    verified: one.name === 'verification' ? kept.map(verifiedJson) : undefined,
  }
}

function verifiedJson({
  destination,
  what,
  last,
  failed,
}: KeptVerification & { readonly destination: string }): z.output<typeof verified> {
  return {
    destination,
    what,
    lookedAt: last?.at.toISOString(),
    findings: last?.count,
    failedAt: failed?.at.toISOString(),
  }
}
