import { z } from '@hono/zod-openapi'
import { events, isIncidentKind, severities } from '../../ports/events.ts'
import { incidentJson } from '../../ports/incident-json.ts'
import { order, pageOf, paging, time } from '../contract/paging.ts'
import { problems } from '../contract/problem.ts'
import { type Api, createRoute, json } from '../contract/route.ts'
import type { ApiDeps } from '../deps.ts'
import { paged } from '../paging/paged.ts'

const kinds = Object.keys(events).filter(isIncidentKind)

const incident = z
  .object({
    id: z.int().positive(),
    event: z.int().positive().openapi({ description: 'The number of its kind, the same for ever.' }),
    kind: z.enum(kinds),
    subject: z.string(),
    severity: z.enum(severities),
    title: z.string(),
    text: z.string(),
    hint: z.string().optional(),
    fields: z.record(z.string(), z.union([z.string(), z.number()])),
    openedAt: time,
    updatedAt: time,
    closedAt: time.optional(),
  })
  .openapi('Incident')

export function serveIncidents(api: Api, { instance: { catalogue } }: ApiDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/incidents',
    operationId: 'listIncidents',
    summary: 'What is wrong, and was, the newest first',
    tags: ['incidents'],
    'x-permission': 'view',
    request: {
      query: z.strictObject({
        ...paging,
        ...order(['id'], 'desc'),
        state: z.enum(['open', 'closed']).optional(),
        kind: z.enum(kinds).optional(),
        severity: z.enum(severities).optional(),
      }),
    },
    responses: { 200: json(pageOf(incident), 'A page of them.'), ...problems },
  })
  api.openapi(list, async (context) => {
    const page = await paged(
      'incidents',
      context.req.valid('query'),
      (request, { state, kind, severity }) => catalogue.incidents.page({ state, kind, severity }, request),
      incidentJson,
    )
    return context.json(page, 200)
  })
}
