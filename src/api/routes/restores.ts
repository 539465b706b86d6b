import { z } from '@hono/zod-openapi'
import { RedomaError } from '../../core/errors.ts'
import { actorOf, principalOf } from '../access/asked-by.ts'
import { idempotencyKey } from '../contract/named.ts'
import { order, pageOf, paging } from '../contract/paging.ts'
import { problems } from '../contract/problem.ts'
import { listedRestoreJson, newRestore, restore, restoreId, restoreJson } from '../contract/restore.ts'
import { type Api, body, createRoute, json } from '../contract/route.ts'
import type { ApiDeps } from '../deps.ts'
import { boundInFlight } from '../gates/bound-in-flight.ts'
import { paged } from '../paging/paged.ts'
import type { RestoreDesk } from '../restores/desk.ts'
import { followRestore } from '../restores/follow-restore.ts'
import type { Stream } from '../stream-events.ts'

const tags = ['restores']
/** To look which snapshot is meant opens the repository. */
const mostAtOnce = 2

/** What comes back out of snapshots, to folders of this machine. */
export function serveRestores(
  api: Api,
  { instance: { catalogue, restores }, stopping }: ApiDeps,
  desk: RestoreDesk,
  stream: Stream,
): void {
  const list = createRoute({
    method: 'get',
    path: '/restores',
    operationId: 'listRestores',
    summary:
      'Restores that daemons were asked for, the newest first, and where to those go that come over the network',
    tags,
    'x-permission': 'list',
    request: { query: z.strictObject({ ...paging, ...order(['id'], 'desc') }) },
    responses: {
      200: json(
        pageOf(restore).extend({
          root: z
            .string()
            .optional()
            .openapi({ description: 'Absent: over the network nothing is restored.' }),
        }),
        'A page of them.',
      ),
      ...problems,
    },
  })
  api.openapi(list, async (context) => {
    const page = await paged(
      'restores',
      context.req.valid('query'),
      (request) => catalogue.restores.page(request),
      listedRestoreJson,
    )
    return context.json({ ...page, root: await restores.root() }, 200)
  })

  const start = createRoute({
    method: 'post',
    path: '/restores',
    operationId: 'startRestore',
    summary: 'Have something restored, one such at a time; it goes on after the answer',
    tags,
    middleware: boundInFlight(mostAtOnce),
    'x-permission': 'restore',
    request: { body: body(newRestore), headers: idempotencyKey },
    responses: {
      202: json(restore, 'It begins when its turn comes; Location says where it is.'),
      ...problems,
    },
  })
  api.openapi(start, async (context) => {
    const asker = { actor: actorOf(context), isOnMachine: principalOf(context).way === 'socket' }
    const begun = await desk.start(() => restores.plan(context.req.valid('json'), asker, stopping))
    context.header('location', `${context.req.path}/${begun.id}`)
    return context.json(restoreJson(begun), 202)
  })

  const get = createRoute({
    method: 'get',
    path: '/restores/{id}',
    operationId: 'getRestore',
    summary: 'One of them: how it stands, or what it came to',
    tags,
    'x-permission': 'view',
    request: { params: restoreId },
    responses: { 200: json(restore, 'It.'), ...problems },
  })
  api.openapi(get, async (context) =>
    context.json(restoreJson(await catalogue.restores.get(context.req.valid('param').id)), 200),
  )

  const follow = createRoute({
    method: 'get',
    path: '/restores/{id}/events',
    operationId: 'followRestore',
    summary:
      'What becomes of it: events `restore` and `progress`, and `end`, with what it came to, as the last',
    tags,
    'x-permission': 'view',
    request: { params: restoreId },
    responses: {
      200: {
        description: 'Server-sent events.',
        content: { 'text/event-stream': { schema: z.string() } },
      },
      ...problems,
    },
  })
  api.openapi(follow, async (context) => {
    const { id } = context.req.valid('param')
    await catalogue.restores.get(id)
    return stream(context, (signal) => followRestore(catalogue, desk, id, signal))
  })

  const cancel = createRoute({
    method: 'delete',
    path: '/restores/{id}',
    operationId: 'cancelRestore',
    summary: 'Stop one; the files that are whole by then stay, and the same restore goes on from there',
    tags,
    'x-permission': 'restore',
    request: { params: restoreId },
    responses: { 202: json(restore, 'It ends as soon as it can.'), ...problems },
  })
  api.openapi(cancel, async (context) => {
    const { id } = context.req.valid('param')
    const known = await catalogue.restores.get(id)
    if (desk.cancel(id, actorOf(context))) return context.json(restoreJson(known), 202)
    const { kind } = known.state
    const isOver = kind !== 'waiting' && kind !== 'running'
    const why = isOver ? `has ended: ${kind}` : 'is done by another process: stop it there'
    throw new RedomaError('USAGE', `restore ${id} ${why}`)
  })
}
