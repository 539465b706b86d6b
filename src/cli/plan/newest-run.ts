import type { Catalogue, Run } from '../../ports/catalogue.ts'
import type { Plan } from '../../ports/plan.ts'

export async function newestRunOf(
  { plans, runs }: Pick<Catalogue, 'plans' | 'runs'>,
  plan: Plan,
  now: Date,
): Promise<Run | undefined> {
  const { newest } = await plans.history(plan.id, now)
  return newest === undefined ? undefined : runs.get(newest)
}
