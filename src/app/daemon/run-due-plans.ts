import type { Catalogue } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Plan } from '../../ports/plan.ts'
import { type Due, dueNow } from '../../scheduling/due-now.ts'

export interface RunDuePlansDeps {
  readonly catalogue: Pick<Catalogue, 'plans' | 'audit'>
  readonly clock: Clock
  readonly processId: number
  /** Does a run that was claimed; what becomes of it stands in the catalogue. */
  readonly runPlan: (plan: Plan, run: number, signal: AbortSignal) => Promise<void>
}

/**
 * Begins the runs that are due, one after the other, the one that is due for the longest first. A plan that comes due meanwhile is begun with the next round.
 *
 * @returns whether there was any
 */
export type RunDuePlans = (signal: AbortSignal) => Promise<boolean>

export function makeRunDuePlans({ catalogue, clock, processId, runPlan }: RunDuePlansDeps): RunDuePlans {
  return async (signal) => {
    let hasRun = false
    for (const { plan, due } of await dueOnes(catalogue, clock)) {
      signal.throwIfAborted()
      // Another daemon may have begun it, or a run by hand is under way: then it stays due.
      const run = await catalogue.plans.claim(plan.id, due.at, clock.now(), processId)
      if (run === undefined) continue
      hasRun = true
      await runPlan(plan, run, signal)
    }
    return hasRun
  }
}

async function dueOnes(
  { plans, audit }: RunDuePlansDeps['catalogue'],
  clock: Clock,
): Promise<readonly { readonly plan: Plan; readonly due: Due }[]> {
  const all = (await plans.list()).filter(({ isEnabled }) => isEnabled)
  const looksAtChanges = all.some(({ schedule }) => schedule.afterChangesSeconds !== undefined)
  const changedAt = looksAtChanges ? await audit.lastOf(changes) : undefined
  const due: { plan: Plan; due: Due }[] = []
  for (const plan of all) {
    const now = clock.now()
    const { lastDue, lastStarted } = await plans.history(plan.id, now)
    const found = dueNow(plan, { lastDue, lastStarted, changedAt, now })
    if (found !== undefined) due.push({ plan, due: found })
  }
  return due.toSorted((one, other) => one.due.at.getTime() - other.due.at.getTime())
}

/** What makes the next bundle another one. */
const changes = ['credential.add', 'credential.edit', 'credential.import', 'credential.remove']
