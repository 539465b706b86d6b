import type { PlanWords } from '../../app/plans/keep-plan.ts'
import { actorOf, requireOnMachine } from '../access/asked-by.ts'
import { idempotencyKey, ifMatch, named } from '../contract/named.ts'
import { newPlan, plan, planChange, planFacts, planJson } from '../contract/plan.ts'
import { problems } from '../contract/problem.ts'
import { type Api, body, createRoute, json } from '../contract/route.ts'
import type { ApiDeps } from '../deps.ts'
import { contentTag } from '../entity-tags.ts'
import { requireMatch } from '../requests/if-match.ts'

const tags = ['plans']

export function changePlans(api: Api, { instance, clock }: ApiDeps): void {
  const { catalogue, log } = instance

  const add = createRoute({
    method: 'post',
    path: '/plans',
    operationId: 'addPlan',
    summary: 'Say what is copied where and when; a hook is a program, which is named over the socket alone',
    tags,
    'x-permission': 'write',
    request: { body: body(newPlan), headers: idempotencyKey },
    responses: { 201: json(plan, 'It is registered.'), ...problems },
  })
  api.openapi(add, async (context) => {
    const { name, ...words } = context.req.valid('json')
    if (Object.keys(words.hooks).length > 0) requireOnMachine(context, 'a program that runs around a backup')
    await instance.as(actorOf(context)).addPlan(name, words)
    log.info('plan added', { plan: name })
    const added = await catalogue.plans.get(name)
    context.header('location', `${context.req.path}/${encodeURIComponent(name)}`)
    context.header('etag', contentTag(planFacts(added)))
    return context.json(planJson(added, undefined, clock.now()), 201)
  })

  const edit = createRoute({
    method: 'patch',
    path: '/plans/{name}',
    operationId: 'editPlan',
    summary: 'Change what is named, as If-Match names it; isEnabled switches it on and off',
    tags,
    'x-permission': 'write',
    request: { params: named, body: body(planChange), headers: ifMatch },
    responses: { 200: json(plan, 'It is so now.'), ...problems },
  })
  api.openapi(edit, async (context) => {
    const { name } = context.req.valid('param')
    const words = context.req.valid('json')
    const before = await catalogue.plans.get(name)
    requireMatch(context, contentTag(planFacts(before)), true)
    if (words.hooks !== undefined) requireOnMachine(context, 'a program that runs around a backup')
    await instance.as(actorOf(context)).editPlan(name, words as Partial<PlanWords>, before)
    log.info('plan changed', { plan: name })
    const known = await catalogue.plans.get(name)
    const { newest } = await catalogue.plans.history(known.id, clock.now())
    const last = newest === undefined ? undefined : await catalogue.runs.get(newest)
    context.header('etag', contentTag(planFacts(known)))
    return context.json(planJson(known, last, clock.now()), 200)
  })

  const remove = createRoute({
    method: 'delete',
    path: '/plans/{name}',
    operationId: 'removePlan',
    summary: 'Remove a plan; its runs and copies stay',
    tags,
    'x-permission': 'delete',
    request: { params: named, headers: ifMatch },
    responses: { 204: { description: 'No run of it begins any more.' }, ...problems },
  })
  api.openapi(remove, async (context) => {
    const { name } = context.req.valid('param')
    requireMatch(context, contentTag(planFacts(await catalogue.plans.get(name))), false)
    await instance.as(actorOf(context)).removePlan(name)
    log.warn('plan removed', { plan: name })
    return context.body(null, 204)
  })
}
