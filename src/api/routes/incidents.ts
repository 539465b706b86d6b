import { z } from '@hono/zod-openapi'
import { longestReason } from '../../app/incidents/acknowledge-incident.ts'
import { events, isIncidentKind, severities } from '../../ports/events.ts'
import { incidentJson } from '../../ports/incident-json.ts'
import { actorOf } from '../access/asked-by.ts'
import { order, pageOf, paging, time } from '../contract/paging.ts'
import { problems } from '../contract/problem.ts'
import { type Api, body, createRoute, json } from '../contract/route.ts'
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
    acknowledged: z
      .object({ at: time, by: z.string(), why: z.string() })
      .optional()
      .openapi({ description: 'Who knows of it: nobody is reminded of it until it gets worse.' }),
  })
  .openapi('Incident')

const id = z.object({ id: z.coerce.number<string>().int().positive() })

export function serveIncidents(api: Api, { instance }: ApiDeps): void {
  const { catalogue } = instance
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

  const show = createRoute({
    method: 'get',
    path: '/incidents/{id}',
    operationId: 'getIncident',
    summary: 'What is wrong, since when, and what to do',
    tags: ['incidents'],
    'x-permission': 'view',
    request: { params: id },
    responses: { 200: json(incident, 'It.'), ...problems },
  })
  api.openapi(show, async (context) =>
    context.json(incidentJson(await catalogue.incidents.get(context.req.valid('param').id)), 200),
  )

  const acknowledge = createRoute({
    method: 'put',
    path: '/incidents/{id}/acknowledgement',
    operationId: 'acknowledgeIncident',
    summary: 'Say that it is known: nobody is reminded of it until it gets worse',
    tags: ['incidents'],
    'x-permission': 'write',
    request: {
      params: id,
      body: body(z.strictObject({ why: z.string().trim().min(1).max(longestReason) })),
    },
    responses: { 200: json(incident, 'It is so now.'), ...problems },
  })
  api.openapi(acknowledge, async (context) => {
    const { acknowledgeIncident: use } = instance.as(actorOf(context))
    const known = await use.acknowledge(context.req.valid('param').id, context.req.valid('json').why)
    return context.json(incidentJson(known), 200)
  })

  const undo = createRoute({
    method: 'delete',
    path: '/incidents/{id}/acknowledgement',
    operationId: 'unacknowledgeIncident',
    summary: 'Have people reminded of it again while it lasts',
    tags: ['incidents'],
    'x-permission': 'write',
    request: { params: id },
    responses: { 200: json(incident, 'It is so now.'), ...problems },
  })
  api.openapi(undo, async (context) => {
    const { acknowledgeIncident: use } = instance.as(actorOf(context))
    return context.json(incidentJson(await use.undo(context.req.valid('param').id)), 200)
  })
}
