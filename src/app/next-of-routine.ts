import type { Routine } from '../ports/routine.ts'
import { nextDue } from '../scheduling/due-times.ts'

/** When the daemon does it next, by the clock; nothing where it is switched off. */
export function nextOfRoutine({ name, isEnabled, schedule }: Routine, now: Date): Date | undefined {
  return isEnabled ? nextDue(schedule, now, name) : undefined
}
