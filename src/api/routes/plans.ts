import { z } from '@hono/zod-openapi'
import { whenDue } from '../../app/plans/when-due.ts'
import type { Plan } from '../../ports/plan.ts'
import { named } from '../contract/named.ts'
import { order, pageOf, paging, time } from '../contract/paging.ts'
import { plan, planFacts, planJson } from '../contract/plan.ts'
import { problems } from '../contract/problem.ts'
import { type Api, createRoute, json } from '../contract/route.ts'
import type { ApiDeps } from '../deps.ts'
import { contentTag } from '../entity-tags.ts'
import { paged, slice } from '../paging/paged.ts'

const tags = ['plans']

const due = z
  .object({
    times: z
      .array(time)
      .openapi({ description: 'When it is due next, by the clock; fewer where there are no more.' }),
  })
  .openapi('DueTimes')

/** What is copied where, and when. */
export function servePlans(api: Api, { instance: { catalogue }, clock }: ApiDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/plans',
    operationId: 'listPlans',
    summary: 'What is copied where and when, and what became of it last',
    tags,
    'x-permission': 'list',
    request: {
      query: z.strictObject({
        ...paging,
        ...order(['name'], 'asc'),
        isEnabled: z.enum(['true', 'false']).optional(),
      }),
    },
    responses: { 200: json(pageOf(plan), 'A page of them.'), ...problems },
  })
  api.openapi(list, async (context) => {
    const asked = context.req.valid('query')
    const all = (await catalogue.plans.list()).filter(
      ({ isEnabled }) => asked.isEnabled === undefined || String(isEnabled) === asked.isEnabled,
    )
    const page = await paged(
      'plans',
      asked,
      async (request) => slice(all, ({ name }) => name, request),
      (one) => one,
    )
    return context.json({ ...page, items: await Promise.all(page.items.map(described)) }, 200)
  })

  const get = createRoute({
    method: 'get',
    path: '/plans/{name}',
    operationId: 'getPlan',
    summary: 'One plan; its ETag is of what was said of it, and not of its runs',
    tags,
    'x-permission': 'view',
    request: { params: named },
    responses: { 200: json(plan, 'The plan.'), ...problems },
  })
  api.openapi(get, async (context) => {
    const one = await catalogue.plans.get(context.req.valid('param').name)
    context.header('etag', contentTag(planFacts(one)))
    return context.json(await described(one), 200)
  })

  const listDue = createRoute({
    method: 'get',
    path: '/plans/{name}/due',
    operationId: 'listDueTimes',
    summary: 'When a plan is due next, whether it is on or off',
    tags,
    'x-permission': 'view',
    request: {
      params: named,
      query: z.strictObject({ count: z.coerce.number().int().min(1).max(100).default(10) }),
    },
    responses: { 200: json(due, 'The times.'), ...problems },
  })
  api.openapi(listDue, async (context) => {
    const one = await catalogue.plans.get(context.req.valid('param').name)
    const times = whenDue(one, clock.now(), context.req.valid('query').count)
    return context.json({ times: times.map((at) => at.toISOString()) }, 200)
  })

  async function described(one: Plan): Promise<z.output<typeof plan>> {
    const now = clock.now()
    const { newest } = await catalogue.plans.history(one.id, now)
    return planJson(one, newest === undefined ? undefined : await catalogue.runs.get(newest), now)
  }
}
