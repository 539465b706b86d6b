import type { Run } from '../../ports/catalogue.ts'
import type { Plan } from '../../ports/plan.ts'
import { nextDue } from '../../scheduling/due-times.ts'

/** What `--json` says of a plan: as the catalogue has it, when it is due next, and its newest run. */
export function planJson(plan: Plan, last: Run | undefined, now: Date): object {
  const { createdAt, activeSince, isEnabled, ...words } = plan
  return {
    ...words,
    enabled: isEnabled,
    createdAt: createdAt.toISOString(),
    activeSince: activeSince.toISOString(),
    nextDue: isEnabled ? nextDue(plan.schedule, now, plan.id)?.toISOString() : undefined,
    lastRun:
      last === undefined
        ? undefined
        : { run: last.id, startedAt: last.startedAt.toISOString(), state: last.state.kind },
  }
}
