import type { Plan } from '../../ports/plan.ts'
import { dueTimes } from '../../scheduling/due-times.ts'

/** When a plan is due next by the clock, whether it is on or off: so many times at most, each after the one before. */
export function whenDue({ schedule, id }: Pick<Plan, 'schedule' | 'id'>, now: Date, most: number): Date[] {
  const all = dueTimes(schedule, id)
  const times: Date[] = []
  for (let next = all.after(now); next !== undefined && times.length < most; next = all.after(next))
    times.push(next)
  return times
}
