import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { RedomaError } from '../../core/errors.ts'
import type { Plan } from '../../ports/plan.ts'
import { planSpec } from '../../ports/plan-spec.ts'
import { requireSchedule } from '../../scheduling/require-schedule.ts'
import { type AuditedDeps, audit } from '../audited.ts'
import { requireEntryName, usage } from '../entry-name.ts'
import { instanceSource } from '../stage-instance.ts'

/** What people say of a plan. */
export type PlanWords = Omit<Plan, 'id' | 'name' | 'createdAt' | 'activeSince'>

/**
 * Says what is copied where and when.
 *
 * @throws RedomaError `USAGE`, `NOT_FOUND` (a source or destination of it), `ALREADY_EXISTS`
 */
export type AddPlan = (name: string, words: PlanWords) => Promise<Plan>

export function makeAddPlan(deps: AuditedDeps): AddPlan {
  return async (name, words) => {
    requireEntryName('plan', name)
    await requireUsablePlan(deps, words)
    const now = deps.clock.now()
    const plan = { ...words, id: randomUUID(), name, createdAt: now, activeSince: now }
    await deps.catalogue.plans.add(plan)
    await audit(deps, 'plan.add', name, auditWords(plan))
    return plan
  }
}

/**
 * Changes a plan. With another schedule, or switched on, it is as new: what was due before is not made up for.
 *
 * @param read what it was when that was decided on
 * @throws RedomaError `USAGE`, `NOT_FOUND` (the plan, or a source or destination of it), `CHANGED_MEANWHILE`
 */
export type EditPlan = (name: string, words: Partial<PlanWords>, read?: Plan) => Promise<Plan>

export function makeEditPlan(deps: AuditedDeps): EditPlan {
  return async (name, words, read) => {
    const before = read ?? (await deps.catalogue.plans.get(name))
    const wanted = { ...before, ...words }
    await requireUsablePlan(deps, wanted)
    const isAsNew =
      (wanted.isEnabled && !before.isEnabled) || !isDeepStrictEqual(wanted.schedule, before.schedule)
    const plan = isAsNew ? { ...wanted, activeSince: deps.clock.now() } : wanted
    await deps.catalogue.plans.exchange(before, plan)
    await audit(deps, 'plan.change', name, auditWords(plan))
    return plan
  }
}

/**
 * No run of it begins any more; copies, and what is known of its runs, stay.
 *
 * @throws RedomaError `NOT_FOUND`
 */
export type RemovePlan = (name: string) => Promise<void>

export function makeRemovePlan(deps: AuditedDeps): RemovePlan {
  return async (name) => {
    await deps.catalogue.plans.remove(name)
    await audit(deps, 'plan.remove', name)
  }
}

/** @throws RedomaError `USAGE`, `NOT_FOUND` */
async function requireUsablePlan(
  { catalogue, clock }: AuditedDeps,
  { jobs, sources, destinations, schedule, hooks }: PlanWords,
): Promise<void> {
  const parsed = planSpec.safeParse({ jobs, sources, destinations, schedule, hooks })
  const [issue] = parsed.error?.issues ?? []
  if (issue !== undefined) throw usage(`the plan: ${issue.path.map(String).join('.')} ${issue.message}`)
  requireSchedule(schedule, clock.now())
  for (const name of sources) if (name !== instanceSource) await catalogue.sources.get(name)
  for (const name of destinations) await catalogue.destinations.get(name)
}

/** A plan that names what is gone would fail each time, and who removes it is there now. @throws RedomaError `USAGE` */
export async function refuseWhilePlanned(
  { catalogue }: Pick<AuditedDeps, 'catalogue'>,
  kind: 'source' | 'destination',
  name: string,
): Promise<void> {
  const plan = (await catalogue.plans.list()).find((one) =>
    (kind === 'source' ? one.sources : one.destinations).includes(name),
  )
  if (plan === undefined) return
  throw new RedomaError('USAGE', `the plan ${plan.name} names the ${kind} ${name}`, {
    hint: `Change it before: redoma plan edit ${plan.name}`,
  })
}

/** Programs are in it, since they run as the instance does. */
function auditWords({ isEnabled, schedule, hooks }: Plan): string {
  const programs = [hooks.before, hooks.after].flatMap((hook) => (hook === undefined ? [] : [hook.argv[0]]))
  return [
    isEnabled ? 'on' : 'off',
    schedule.cron ?? 'no times',
    ...(programs.length === 0 ? [] : [`hooks ${programs.join(', ')}`]),
  ].join('; ')
}
