import { events } from '../../ports/events.ts'
import type { Trouble } from '../../ports/incident.ts'
import type { Plan } from '../../ports/plan.ts'
import { spanWords } from './span-words.ts'

export interface PlanSoFar {
  readonly plan: Plan
  /** When its last run began that was done, with warnings or without. */
  readonly lastDone?: Date | undefined
  /** The longest that two due times are apart; absent where it has none. */
  readonly periodMs: number | undefined
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/**
 * Plans of which nothing was done for longer than their period: whether runs failed, none was begun, or nobody was there to begin them. A run may take a quarter of
 * the period, ten minutes at least and six hours at most.
 */
export function troublesOfPlans(plans: readonly PlanSoFar[], now: Date): readonly Trouble[] {
  return plans.flatMap(({ plan, lastDone, periodMs }): Trouble[] => {
    const { id, name, isEnabled, activeSince } = plan
    if (!isEnabled || periodMs === undefined) return []
    // A clock that was ahead when it was switched on must not keep it from ever being late.
    const known = [lastDone, activeSince <= now ? activeSince : undefined].filter((at) => at !== undefined)
    if (known.length === 0) return []
    const since = new Date(Math.max(...known.map((at) => at.getTime())))
    const lateMs = now.getTime() - since.getTime() - periodMs
    if (lateMs <= Math.min(6 * hourMs, Math.max(10 * minuteMs, periodMs / 4))) return []
    return [
      {
        kind: 'backup-late',
        key: id,
        subject: name,
        severity: events['backup-late'].severity,
        title: `The plan ${name} is late`,
        text: `${sinceWords(lastDone, activeSince)}, and it should be every ${spanWords(periodMs)}.`,
        hint: 'Is the daemon up (systemctl status redoma), and what do runs say: redoma backup list',
        fields: { plan: name, since: since.toISOString(), periodSeconds: Math.round(periodMs / 1000) },
      },
    ]
  })
}

function sinceWords(lastDone: Date | undefined, activeSince: Date): string {
  return lastDone !== undefined && lastDone > activeSince
    ? `The last run that was done began at ${lastDone.toISOString()}`
    : `No run was done since it was switched on at ${activeSince.toISOString()}`
}
