import { z } from '@hono/zod-openapi'
import { requireUnverified } from '../../app/require-unverified.ts'
import { RedomaError } from '../../core/errors.ts'
import { actorOf } from '../access/asked-by.ts'
import { idempotencyKey } from '../contract/named.ts'
import { problems } from '../contract/problem.ts'
import { type Api, body, createRoute, json } from '../contract/route.ts'
import {
  dataToVerify,
  deskVerification,
  deskVerificationJson,
  keptVerification,
  keptVerificationJson,
  newVerification,
} from '../contract/verification.ts'
import type { ApiDeps } from '../deps.ts'
import type { Stream } from '../stream-events.ts'
import type { VerificationDesk } from '../verifications/desk.ts'
import { followVerification } from '../verifications/follow-verification.ts'

const tags = ['verifications']
const id = z.object({ id: z.uuid() })

export function serveVerifications(
  api: Api,
  { instance: { catalogue } }: ApiDeps,
  desk: VerificationDesk,
  stream: Stream,
): void {
  const list = createRoute({
    method: 'get',
    path: '/verifications',
    operationId: 'listVerifications',
    summary: 'What the last verification of each destination found, whoever made it, and the one under way',
    tags,
    'x-permission': 'list',
    responses: {
      200: json(
        z.object({ items: z.array(keptVerification), underWay: deskVerification.optional() }),
        'All of them: two for each destination that was ever verified.',
      ),
      ...problems,
    },
  })
  api.openapi(list, async (context) => {
    const names = new Map((await catalogue.destinations.list()).map((one) => [one.id, one.name]))
    const kept = await catalogue.verifications.list()
    const items = kept.map((one) =>
      keptVerificationJson(one, names.get(one.destinationId) ?? one.destinationId),
    )
    const underWay = desk.underWay()
    return context.json({ items, underWay: underWay && deskVerificationJson(underWay) }, 200)
  })

  const start = createRoute({
    method: 'post',
    path: '/verifications',
    operationId: 'startVerification',
    summary: 'Begin to verify what lies at destinations, one such at a time; it goes on after the answer',
    tags,
    'x-permission': 'run',
    request: { body: body(newVerification), headers: idempotencyKey },
    responses: { 202: json(deskVerification, 'It has begun; Location says where it is.'), ...problems },
  })
  api.openapi(start, async (context) => {
    const asked = context.req.valid('json')
    if (asked.parts !== undefined && asked.readData !== 'rotating')
      throw new RedomaError('USAGE', 'parts goes with readData rotating')
    const all = await catalogue.destinations.list()
    const records = asked.destinations.map((name) => catalogue.destinations.get(name))
    await requireUnverified(catalogue, records.length === 0 ? all : await Promise.all(records))
    const readData = dataToVerify(asked)
    const begun = desk.start({ destinations: asked.destinations, readData, actor: actorOf(context) })
    context.header('location', `${context.req.path}/${begun.id}`)
    return context.json(deskVerificationJson(begun), 202)
  })

  const get = createRoute({
    method: 'get',
    path: '/verifications/{id}',
    operationId: 'getVerification',
    summary: 'One that was begun by the API: how it does, or what it found; the last are remembered',
    tags,
    'x-permission': 'view',
    request: { params: id },
    responses: { 200: json(deskVerification, 'It.'), ...problems },
  })
  api.openapi(get, (context) =>
    context.json(deskVerificationJson(desk.get(context.req.valid('param').id)), 200),
  )

  const follow = createRoute({
    method: 'get',
    path: '/verifications/{id}/events',
    operationId: 'followVerification',
    summary: 'What becomes of it: events `progress`, and `end`, with what it found, as the last',
    tags,
    'x-permission': 'view',
    request: { params: id },
    responses: {
      200: {
        description: 'Server-sent events.',
        content: { 'text/event-stream': { schema: z.string() } },
      },
      ...problems,
    },
  })
  api.openapi(follow, (context) => {
    const asked = context.req.valid('param').id
    desk.get(asked)
    return stream(context, (signal) => followVerification(desk, asked, signal))
  })

  const cancel = createRoute({
    method: 'delete',
    path: '/verifications/{id}',
    operationId: 'cancelVerification',
    summary: 'Stop one; what it found of destinations that it was done with stays',
    tags,
    'x-permission': 'run',
    request: { params: id },
    responses: { 202: json(deskVerification, 'It ends as soon as it can.'), ...problems },
  })
  api.openapi(cancel, (context) => {
    const asked = context.req.valid('param').id
    desk.cancel(asked, actorOf(context))
    return context.json(deskVerificationJson(desk.get(asked)), 202)
  })
}
