import { RedomaError } from '../core/errors.ts'
import type { Routine, RoutineName } from '../ports/routine.ts'
import { requireSchedule } from '../scheduling/require-schedule.ts'
import { type AuditedDeps, audit } from './audited.ts'

/**
 * Says when the daemon does it, or that it does not.
 *
 * @throws RedomaError `USAGE`
 */
export type SetRoutine = (
  name: RoutineName,
  words: Pick<Routine, 'isEnabled' | 'schedule'>,
) => Promise<Routine>

export function makeSetRoutine(deps: AuditedDeps): SetRoutine {
  const { routines } = deps.catalogue
  return async (name, words) => {
    const { isEnabled, schedule } = words
    if (schedule.cron === undefined) {
      throw new RedomaError('USAGE', `${name} has no times`, {
        hint: "Give some (--cron '0 10 * * 6'), or switch it off (--off).",
      })
    }
    requireSchedule(schedule, deps.clock.now())
    await routines.set(name, words, deps.clock.now())
    await audit(
      deps,
      'routine.change',
      name,
      `${isEnabled ? 'on' : 'off'}; ${schedule.cron} ${schedule.timeZone}`,
    )
    return routines.get(name)
  }
}
