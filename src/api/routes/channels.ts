import { z } from '@hono/zod-openapi'
import type { ChannelRecord } from '../../ports/channel.ts'
import { channel, channelFacts, channelJson } from '../contract/channel.ts'
import { named } from '../contract/named.ts'
import { order, pageOf, paging } from '../contract/paging.ts'
import { problems } from '../contract/problem.ts'
import { type Api, createRoute, json } from '../contract/route.ts'
import type { ApiDeps } from '../deps.ts'
import { contentTag } from '../entity-tags.ts'
import { paged, slice } from '../paging/paged.ts'

const tags = ['channels']

/** The ways by which people and machines are told. */
export function serveChannels(api: Api, { instance: { catalogue } }: ApiDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/channels',
    operationId: 'listChannels',
    summary: 'By what ways people and machines are told, and what waits for each',
    tags,
    'x-permission': 'list',
    request: {
      query: z.strictObject({
        ...paging,
        ...order(['name'], 'asc'),
        kind: z.enum(['smtp', 'syslog', 'webhook']).optional(),
      }),
    },
    responses: { 200: json(pageOf(channel), 'A page of them.'), ...problems },
  })
  api.openapi(list, async (context) => {
    const asked = context.req.valid('query')
    const all = (await catalogue.channels.list()).filter(
      ({ spec }) => asked.kind === undefined || spec.kind === asked.kind,
    )
    const page = await paged(
      'channels',
      asked,
      async (request) => slice(all, ({ name }) => name, request),
      (record) => record,
    )
    return context.json({ ...page, items: await Promise.all(page.items.map(described)) }, 200)
  })

  const get = createRoute({
    method: 'get',
    path: '/channels/{name}',
    operationId: 'getChannel',
    summary: 'One channel; its ETag is of what was said of it, and not of what waits',
    tags,
    'x-permission': 'view',
    request: { params: named },
    responses: { 200: json(channel, 'The channel.'), ...problems },
  })
  api.openapi(get, async (context) => {
    const record = await catalogue.channels.get(context.req.valid('param').name)
    context.header('etag', contentTag(channelFacts(record)))
    return context.json(await described(record), 200)
  })

  async function described(record: ChannelRecord): Promise<z.output<typeof channel>> {
    return channelJson(record, await catalogue.notices.waiting(record.id))
  }
}
