import { z } from '@hono/zod-openapi'
import type { Routine } from '../../ports/routine.ts'
import { actorOf } from '../access/asked-by.ts'
import { ifMatch } from '../contract/named.ts'
import { order, pageOf, paging } from '../contract/paging.ts'
import { problems } from '../contract/problem.ts'
import { type Api, body, createRoute, json } from '../contract/route.ts'
import { namedRoutine, routine, routineFacts, routineJson, routineWords } from '../contract/routine.ts'
import type { ApiDeps } from '../deps.ts'
import { contentTag } from '../entity-tags.ts'
import { paged, slice } from '../paging/paged.ts'
import { requireMatch } from '../requests/if-match.ts'

const tags = ['routines']

/** What the daemon does on schedule beside the plans. */
export function serveRoutines(api: Api, { instance, clock }: ApiDeps): void {
  const { catalogue, log } = instance

  const list = createRoute({
    method: 'get',
    path: '/routines',
    operationId: 'listRoutines',
    summary: 'What the daemon does on schedule beside the plans, and what verifications found',
    tags,
    'x-permission': 'list',
    request: { query: z.strictObject({ ...paging, ...order(['name'], 'asc') }) },
    responses: { 200: json(pageOf(routine), 'A page of them.'), ...problems },
  })
  api.openapi(list, async (context) => {
    const all = await catalogue.routines.list()
    const page = await paged(
      'routines',
      context.req.valid('query'),
      async (request) => slice(all, ({ name }) => name, request),
      (one) => one,
    )
    return context.json({ ...page, items: await Promise.all(page.items.map(described)) }, 200)
  })

  const get = createRoute({
    method: 'get',
    path: '/routines/{name}',
    operationId: 'getRoutine',
    summary: 'One routine; its ETag is of what was said of it, and not of what was done',
    tags,
    'x-permission': 'view',
    request: { params: namedRoutine },
    responses: { 200: json(routine, 'The routine.'), ...problems },
  })
  api.openapi(get, async (context) => {
    const one = await catalogue.routines.get(context.req.valid('param').name)
    context.header('etag', contentTag(routineFacts(one)))
    return context.json(await described(one), 200)
  })

  const put = createRoute({
    method: 'put',
    path: '/routines/{name}',
    operationId: 'setRoutine',
    summary: 'Say when the daemon does it, or that it does not, as If-Match names it',
    tags,
    'x-permission': 'write',
    request: { params: namedRoutine, body: body(routineWords), headers: ifMatch },
    responses: { 200: json(routine, 'It is so now.'), ...problems },
  })
  api.openapi(put, async (context) => {
    const { name } = context.req.valid('param')
    const before = await catalogue.routines.get(name)
    requireMatch(context, contentTag(routineFacts(before)), true)
    const after = await instance.as(actorOf(context)).setRoutine(name, context.req.valid('json'), before)
    log.warn('routine changed', { routine: name, on: String(after.isEnabled) })
    context.header('etag', contentTag(routineFacts(after)))
    return context.json(await described(after), 200)
  })

  async function described(one: Routine): Promise<z.output<typeof routine>> {
    const [kept, destinations] = await Promise.all([
      catalogue.verifications.list(),
      catalogue.destinations.list(),
    ])
    const nameOf = (id: string): string => destinations.find((place) => place.id === id)?.name ?? id
    const named = kept.map((end) => ({ ...end, destination: nameOf(end.destinationId) }))
    return routineJson(one, named, clock.now())
  }
}
