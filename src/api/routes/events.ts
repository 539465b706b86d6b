import { z } from '@hono/zod-openapi'
import { problems } from '../contract/problem.ts'
import { type Api, createRoute } from '../contract/route.ts'
import type { ApiDeps } from '../deps.ts'
import { followInstance } from '../follow-instance.ts'
import type { Stream } from '../stream-events.ts'

export function serveEvents(api: Api, { instance: { catalogue } }: ApiDeps, stream: Stream): void {
  const follow = createRoute({
    method: 'get',
    path: '/events',
    operationId: 'followInstance',
    summary: 'What becomes of the instance: events `run`, `destination` and `incident`, what is so now first',
    tags: ['instance'],
    'x-permission': 'list',
    responses: {
      200: { description: 'Server-sent events.', content: { 'text/event-stream': { schema: z.string() } } },
      ...problems,
    },
  })
  api.openapi(follow, (context) => stream(context, (signal) => followInstance(catalogue, signal)) as never)
}
