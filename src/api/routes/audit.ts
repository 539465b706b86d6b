import { z } from '@hono/zod-openapi'
import { between, order, pageOf, paging, time, timeFilter } from '../contract/paging.ts'
import { problems } from '../contract/problem.ts'
import { type Api, createRoute, json } from '../contract/route.ts'
import type { ApiDeps } from '../deps.ts'
import { paged } from '../paging/paged.ts'

const text = z.string().max(1000).optional()

const entry = z
  .object({
    id: z.int().positive(),
    at: time,
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    detail: z.string(),
  })
  .openapi('AuditEntry')

export function serveAudit(api: Api, { instance: { catalogue } }: ApiDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/audit',
    operationId: 'listAudit',
    summary: 'Who did what, the newest first',
    tags: ['audit'],
    'x-permission': 'view',
    request: {
      query: z.strictObject({
        ...paging,
        ...order(['id'], 'desc'),
        actor: text,
        action: text.openapi({ description: '`credential.add`, or `credential` for all of them.' }),
        subject: text,
        since: timeFilter,
        until: timeFilter,
      }),
    },
    responses: { 200: json(pageOf(entry), 'A page of it.'), ...problems },
  })
  api.openapi(list, async (context) => {
    const page = await paged(
      'audit',
      context.req.valid('query'),
      (request, { actor, action, subject, since, until }) => {
        return catalogue.audit.page({ actor, action, subject, ...between({ since, until }) }, request)
      },
      ({ at, ...rest }) => ({ ...rest, at: at.toISOString() }),
    )
    return context.json(page, 200)
  })
}
