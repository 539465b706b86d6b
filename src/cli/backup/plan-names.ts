import type { Catalogue, Run } from '../../ports/catalogue.ts'

type Plans = Pick<Catalogue, 'plans'>

/** By id. */
export async function planNames({ plans }: Plans): Promise<ReadonlyMap<string, string>> {
  return new Map((await plans.list()).map(({ id, name }) => [id, name]))
}

/** Of the plan that it was a run of. */
export async function planNameOf(catalogue: Plans, { planId }: Run): Promise<string | undefined> {
  return planId === undefined ? undefined : nameIn(await planNames(catalogue), planId)
}

export function nameIn(names: ReadonlyMap<string, string>, planId: string): string {
  return names.get(planId) ?? '(removed)'
}
