import { z } from '@hono/zod-openapi'
import type { RunSort } from '../../ports/catalogue.ts'
import { jobs } from '../../ports/progress.ts'
import { between, order, pageOf, paging, timeFilter } from '../contract/paging.ts'
import { problems } from '../contract/problem.ts'
import { type Api, createRoute, json } from '../contract/route.ts'
import { run, runId, runJson, runStates } from '../contract/run.ts'
import type { ApiDeps } from '../deps.ts'
import { paged } from '../paging/paged.ts'

const text = z.string().max(200).optional()

const query = z.strictObject({
  ...paging,
  direction: order(['id'], 'desc').direction,
  sort: z
    .enum(['id', 'startedAt'])
    .optional()
    .openapi({ description: 'Where nothing is said: `startedAt` with `since` or `until`, `id` without.' }),
  state: z.enum(runStates).optional(),
  job: z.enum(jobs).optional(),
  source: text,
  destination: text,
  planId: z.uuid().optional(),
  since: timeFilter.openapi({ description: 'Begun then or later.' }),
  until: timeFilter.openapi({ description: 'Begun before.' }),
})

export function serveRuns(api: Api, { instance: { catalogue } }: ApiDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/runs',
    operationId: 'listRuns',
    summary: 'Runs with their parts, the newest first',
    tags: ['runs'],
    'x-permission': 'list',
    request: { query },
    responses: { 200: json(pageOf(run), 'A page of them.'), ...problems },
  })
  api.openapi(list, async (context) => {
    const { sort, ...asked } = context.req.valid('query')
    const isTimed = asked.since !== undefined || asked.until !== undefined
    const chosen: RunSort = sort ?? (isTimed ? 'startedAt' : 'id')
    const page = await paged(
      'runs',
      { ...asked, sort: chosen },
      (request, { since, until, state, job, source, destination, planId }) => {
        const filter = { state, job, source, destination, planId, ...between({ since, until }) }
        return catalogue.runs.page(filter, request)
      },
      runJson,
    )
    return context.json(page, 200)
  })

  const get = createRoute({
    method: 'get',
    path: '/runs/{id}',
    operationId: 'getRun',
    summary: 'One run',
    tags: ['runs'],
    'x-permission': 'view',
    request: { params: runId },
    responses: { 200: json(run, 'The run.'), ...problems },
  })
  api.openapi(get, async (context) =>
    context.json(runJson(await catalogue.runs.get(context.req.valid('param').id)), 200),
  )
}
