import { z } from '@hono/zod-openapi'
import { type CoverageLine, conditions, coverageStates } from '../../app/coverage/judge-credential.ts'
import { credentialFactsSchema } from '../../ports/bundle-store.ts'
import { entryName } from '../../ports/specs.ts'
import { idempotencyKey } from '../contract/named.ts'
import { pageOf, paging, time } from '../contract/paging.ts'
import { problems } from '../contract/problem.ts'
import { type Api, createRoute, json } from '../contract/route.ts'
import { type CoverageReports, type KeptReport, keepCoverageReports } from '../coverage/coverage-reports.ts'
import type { ApiDeps } from '../deps.ts'
import { paged } from '../paging/paged.ts'

const tags = ['coverage']
const count = z.int().nonnegative()
const counts = z.record(z.string(), count)

const report = z
  .object({
    id: z.uuid(),
    at: time,
    expiresAt: time,
    bundles: count,
    states: counts,
    conditions: counts,
    unreadable: z.array(z.object({ source: z.string(), message: z.string() })),
  })
  .openapi('CoverageReport')

const line = z
  .object({
    source: z.string(),
    id: z.string(),
    ...credentialFactsSchema.unwrap().shape,
    state: z.enum(coverageStates),
    condition: z.enum(conditions),
    damage: z.string().optional(),
    last: z
      .object({ name: z.string(), sequence: z.int(), time, destinations: z.array(z.string()) })
      .optional()
      .openapi({ description: 'The newest bundle that can be had and has it.' }),
  })
  .openapi('CoverageLine')

const params = z.object({ id: z.uuid() })

/** In which bundle each credential is. */
export function serveCoverage(api: Api, deps: ApiDeps): void {
  const reports: CoverageReports = keepCoverageReports(deps)

  const make = createRoute({
    method: 'post',
    path: '/coverage',
    operationId: 'makeCoverageReport',
    summary: 'Read every credential, and compare it with the bundles; the report is kept for an hour',
    tags,
    'x-permission': 'view',
    request: { query: z.strictObject({ scope: entryName.optional() }), headers: idempotencyKey },
    responses: { 201: json(report, 'The report; Location says where it is.'), ...problems },
  })
  api.openapi(make, async (context) => {
    const made = await reports.make(
      context.req.valid('query').scope,
      AbortSignal.any([context.req.raw.signal, deps.stopping]),
    )
    context.header('location', `${context.req.path}/${made.id}`)
    return context.json(reportJson(made), 201)
  })

  const get = createRoute({
    method: 'get',
    path: '/coverage/{id}',
    operationId: 'getCoverageReport',
    summary: 'How many credentials are covered, and how many are not',
    tags,
    'x-permission': 'view',
    request: { params },
    responses: { 200: json(report, 'The report.'), ...problems },
  })
  api.openapi(get, (context) => context.json(reportJson(reports.get(context.req.valid('param').id)), 200))

  const list = createRoute({
    method: 'get',
    path: '/coverage/{id}/credentials',
    operationId: 'listCoverage',
    summary: 'Each credential, and the newest bundle that has it',
    tags,
    'x-permission': 'list',
    request: { params, query: z.strictObject({ ...paging, state: z.enum(coverageStates).optional() }) },
    responses: { 200: json(pageOf(line), 'A page of them.'), ...problems },
  })
  api.openapi(list, async (context) => {
    const { id } = context.req.valid('param')
    const asked = { ...context.req.valid('query'), sort: 'line', direction: 'asc' } as const
    const page = await paged(
      `coverage/${id}`,
      asked,
      async ({ after, limit }, { state }) => {
        const { items, next } = await reports.lines(id, Number(after?.[0] ?? 0), limit, state)
        return next === undefined ? { items } : { items, next: [next] }
      },
      lineJson,
    )
    return context.json(page, 200)
  })
}

function reportJson({ id, summary, expiresAt }: KeptReport): z.infer<typeof report> {
  const { at, bundles, states, conditions: known, unreadable } = summary
  return {
    ...{ id, at: at.toISOString(), expiresAt: expiresAt.toISOString(), bundles },
    states: { ...states },
    conditions: { ...known },
    unreadable: unreadable.map(({ source, message }) => ({ source, message })),
  }
}

function lineJson({ source, id, facts, state, condition, damage, last }: CoverageLine): z.infer<typeof line> {
  const newest = last && {
    ...{ name: last.name, sequence: last.sequence, time: last.time.toISOString() },
    destinations: [...last.destinations],
  }
  return { source, id, ...facts, state, condition, damage, last: newest }
}
