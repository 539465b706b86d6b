import { RedomaError } from '../core/errors.ts'
import type { Routine, RoutineName, RoutineWords } from '../ports/routine.ts'
import { requireSchedule } from '../scheduling/require-schedule.ts'
import { type AuditedDeps, audit } from './audited.ts'

/**
 * Says when the daemon does it, or that it does not.
 *
 * @param before what this was decided on; absent: whatever it is by now
 * @throws RedomaError `USAGE`, `CHANGED_MEANWHILE`
 */
export type SetRoutine = (name: RoutineName, words: RoutineWords, before?: RoutineWords) => Promise<Routine>

export function makeSetRoutine(deps: AuditedDeps): SetRoutine {
  const { routines } = deps.catalogue
  return async (name, words, before) => {
    const { isEnabled, schedule } = words
    if (schedule.cron === undefined) {
      throw new RedomaError('USAGE', `${name} has no times`, {
        hint: "Give some (--cron '0 10 * * 6'), or switch it off (--off).",
      })
    }
    if (schedule.afterChangesSeconds !== undefined) {
      throw new RedomaError('USAGE', `${name} is done at its times, and not after changes`)
    }
    requireSchedule(schedule, deps.clock.now())
    await routines.set(name, words, deps.clock.now(), before)
    await audit(
      deps,
      'routine.change',
      name,
      `${isEnabled ? 'on' : 'off'}; ${schedule.cron} ${schedule.timeZone}`,
    )
    return routines.get(name)
  }
}
