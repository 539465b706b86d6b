import { z } from '@hono/zod-openapi'
import { actorOf, requireOnMachine } from '../access/asked-by.ts'
import {
  channel,
  channelChange,
  channelFacts,
  channelJson,
  newChannel,
  withChange,
} from '../contract/channel.ts'
import { idempotencyKey, ifMatch, named } from '../contract/named.ts'
import { problems } from '../contract/problem.ts'
import { type Api, body, createRoute, json } from '../contract/route.ts'
import type { ApiDeps } from '../deps.ts'
import { contentTag } from '../entity-tags.ts'
import { requireMatch } from '../requests/if-match.ts'

const tags = ['channels']
const where = 'what takes a secret of the registry to a server'

const answered = z
  .object({ answer: z.string().openapi({ description: 'What the other side said.' }) })
  .openapi('ChannelTest')

export function changeChannels(api: Api, { instance, stopping }: ApiDeps): void {
  const { catalogue, log } = instance

  const add = createRoute({
    method: 'post',
    path: '/channels',
    operationId: 'addChannel',
    summary:
      'Register a way by which people or machines are told; one with a credential over the socket alone',
    tags,
    'x-permission': 'write',
    request: { body: body(newChannel), headers: idempotencyKey },
    responses: { 201: json(channel, 'It is told from now on.'), ...problems },
  })
  api.openapi(add, async (context) => {
    const { name, ...settings } = context.req.valid('json')
    if (settings.credential !== undefined) requireOnMachine(context, where)
    await instance.as(actorOf(context)).addChannel(name, settings)
    log.info('channel added', { channel: name })
    context.header('location', `${context.req.path}/${encodeURIComponent(name)}`)
    return context.json(await known(name, context), 201)
  })

  const change = createRoute({
    method: 'patch',
    path: '/channels/{name}',
    operationId: 'changeChannel',
    summary: 'Change what is named, as If-Match names it',
    tags,
    'x-permission': 'write',
    request: { params: named, body: body(channelChange), headers: ifMatch },
    responses: { 200: json(channel, 'It is so now.'), ...problems },
  })
  api.openapi(change, async (context) => {
    const { name } = context.req.valid('param')
    const words = context.req.valid('json')
    const before = await catalogue.channels.get(name)
    requireMatch(context, contentTag(channelFacts(before)), true)
    const settings = withChange(before, words)
    const isMoved = words.spec !== undefined || settings.credential !== before.credential
    // One that is taken away, too: who gives a channel of the machine another address has what is told by it from then on.
    const hasSecret = before.credential !== undefined || settings.credential !== undefined
    if (isMoved && hasSecret) requireOnMachine(context, where)
    await instance.as(actorOf(context)).changeChannel(name, settings, before)
    log.info('channel changed', { channel: name })
    return context.json(await known(name, context), 200)
  })

  const remove = createRoute({
    method: 'delete',
    path: '/channels/{name}',
    operationId: 'removeChannel',
    summary: 'Remove a channel, and drop what waits for it',
    tags,
    'x-permission': 'delete',
    request: { params: named, headers: ifMatch },
    responses: { 204: { description: 'Nobody is told by it any more.' }, ...problems },
  })
  api.openapi(remove, async (context) => {
    const { name } = context.req.valid('param')
    requireMatch(context, contentTag(channelFacts(await catalogue.channels.get(name))), false)
    await instance.as(actorOf(context)).removeChannel(name)
    log.warn('channel removed', { channel: name })
    return context.body(null, 204)
  })

  const test = createRoute({
    method: 'post',
    path: '/channels/{name}/test',
    operationId: 'testChannel',
    summary: 'Tell a test over it at once, past its rules',
    tags,
    'x-permission': 'write',
    request: { params: named, headers: idempotencyKey },
    responses: { 200: json(answered, 'It was taken.'), ...problems },
  })
  api.openapi(test, async (context) => {
    const record = await catalogue.channels.get(context.req.valid('param').name)
    const signal = AbortSignal.any([context.req.raw.signal, stopping])
    return context.json({ answer: await instance.as(actorOf(context)).testChannel(record, signal) }, 200)
  })

  async function known(
    name: string,
    context: { header(name: string, value: string): void },
  ): Promise<z.output<typeof channel>> {
    const record = await catalogue.channels.get(name)
    context.header('etag', contentTag(channelFacts(record)))
    return channelJson(record, await catalogue.notices.waiting(record.id))
  }
}
