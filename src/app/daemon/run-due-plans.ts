import type { Catalogue } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Plan, PlanHistory } from '../../ports/plan.ts'
import { type Due, dueNow, quietUntil } from '../../scheduling/due-now.ts'

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
  const findDue = dueUnlessQuiet()
  return async (signal) => {
    let hasRun = false
    for (const { plan, due } of await dueOnes(catalogue, findDue, clock.now())) {
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
  findDue: FindDue,
  now: Date,
): Promise<readonly { readonly plan: Plan; readonly due: Due }[]> {
  const all = await plans.list()
  const looksAtChanges = all.some(({ schedule }) => schedule.afterChangesSeconds !== undefined)
  const changedAt = looksAtChanges ? await audit.lastOf(changes) : undefined
  const ids = all.map(({ id }) => id)
  const histories = await plans.histories(ids, now)
  const due: { plan: Plan; due: Due }[] = []
  for (const plan of all) {
    const found = findDue(plan, histories.get(plan.id) ?? {}, changedAt, now)
    if (found !== undefined) due.push({ plan, due: found })
  }
  return due.toSorted((one, other) => one.due.at.getTime() - other.due.at.getTime())
}

/** What makes the next bundle another one. */
const changes = ['credential.add', 'credential.edit', 'credential.import', 'credential.remove']

type FindDue = (plan: Plan, history: PlanHistory, changedAt: Date | undefined, now: Date) => Due | undefined

/** What was found of a plan that is not due, and between which times that is so. */
interface Quiet {
  readonly history: PlanHistory
  readonly changedAt: number | undefined
  readonly from: Date
  readonly until: Date | undefined
}

/**
 * A plan that is not due is looked at again when the time has come, or anything else has changed that it depends on: of a thousand plans, to find the next times of all
 * every few seconds would take a sixth of a processor.
 */
function dueUnlessQuiet(): FindDue {
  const known = new WeakMap<Plan, Quiet>()
  return (plan, history, changedAt, now) => {
    const quiet = known.get(plan)
    if (quiet !== undefined && isStill(quiet, history, changedAt, now)) return undefined
    const moment = { ...history, changedAt, now }
    const due = dueNow(plan, moment)
    if (due === undefined)
      known.set(plan, {
        ...{ history, changedAt: changedAt?.getTime(), from: now },
        until: quietUntil(plan, moment),
      })
    else known.delete(plan)
    return due
  }
}

/** Also when the clock was set, or the machine slept: back behind where it was found, it is found anew. */
function isStill(
  { history, changedAt, from, until }: Quiet,
  seen: PlanHistory,
  seenChange: Date | undefined,
  now: Date,
): boolean {
  return (
    history === seen &&
    changedAt === seenChange?.getTime() &&
    from <= now &&
    (until === undefined || now < until)
  )
}
