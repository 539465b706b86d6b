import { isRedomaError } from '../../core/errors.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import { noProgress } from '../../ports/progress.ts'
import type { RoutineName } from '../../ports/routine.ts'
import { type Due, dueNow } from '../../scheduling/due-now.ts'
import type { WhileLeased } from '../while-leased.ts'

export interface DoRoutinesDeps {
  readonly catalogue: Pick<Catalogue, 'routines'>
  readonly clock: Clock
  /** Waits for nobody: what another node does, this one does not. */
  readonly whileLeased: WhileLeased
  /** What each does; `verification` is a chore of its own. */
  readonly work: Readonly<Record<Exclude<RoutineName, 'verification'>, () => Promise<unknown>>>
}

/** Does what is due of them; killed in the middle, it is done again. @returns whether anything was */
export type DoRoutines = (signal: AbortSignal) => Promise<boolean>

export function makeDoRoutines({ catalogue, clock, whileLeased, work }: DoRoutinesDeps): DoRoutines {
  async function dueOf(name: RoutineName): Promise<Due | undefined> {
    const { isEnabled, schedule, activeSince, lastDue } = await catalogue.routines.get(name)
    return dueNow({ id: name, isEnabled, schedule, activeSince }, { lastDue, now: clock.now() })
  }

  async function doOne(name: keyof typeof work): Promise<boolean> {
    // Another node may have done it meanwhile.
    const due = await dueOf(name)
    if (due === undefined) return false
    await work[name]()
    await catalogue.routines.settle(name, due.at)
    return true
  }

  return async (signal) => {
    let isDone = false
    for (const name of ['heads', 'reminders'] as const) {
      signal.throwIfAborted()
      if ((await dueOf(name)) === undefined) continue
      const doing = (): Promise<boolean> => doOne(name)
      const leased = whileLeased({ id: `routine ${name}`, name }, name, doing, noProgress, signal)
      const ended = await leased.catch((error: unknown) => {
        if (isRedomaError(error, 'RUN_UNDER_WAY')) return false
        throw error
      })
      isDone ||= ended
    }
    return isDone
  }
}
