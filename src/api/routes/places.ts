import { z } from '@hono/zod-openapi'
import { destination, destinationJson } from '../contract/destination.ts'
import { named } from '../contract/named.ts'
import { order, pageOf, paging } from '../contract/paging.ts'
import { problems } from '../contract/problem.ts'
import { type Api, createRoute, json } from '../contract/route.ts'
import { source, sourceJson } from '../contract/source.ts'
import type { ApiDeps } from '../deps.ts'
import { paged, slice } from '../paging/paged.ts'

const query = z.strictObject({ ...paging, ...order(['name'], 'asc') })

/** What is copied, and where to. */
export function servePlaces(api: Api, { instance: { catalogue } }: ApiDeps): void {
  const byName = ({ name }: { readonly name: string }): string => name

  const listSources = createRoute({
    method: 'get',
    path: '/sources',
    operationId: 'listSources',
    summary: 'What is copied',
    tags: ['sources'],
    'x-permission': 'list',
    request: { query },
    responses: { 200: json(pageOf(source), 'A page of them.'), ...problems },
  })
  api.openapi(listSources, async (context) => {
    const all = await catalogue.sources.list()
    const asked = context.req.valid('query')
    return context.json(
      await paged('sources', asked, async (page) => slice(all, byName, page), sourceJson),
      200,
    )
  })

  const getSource = createRoute({
    method: 'get',
    path: '/sources/{name}',
    operationId: 'getSource',
    summary: 'One source',
    tags: ['sources'],
    'x-permission': 'view',
    request: { params: named },
    responses: { 200: json(source, 'The source.'), ...problems },
  })
  api.openapi(getSource, async (context) =>
    context.json(sourceJson(await catalogue.sources.get(context.req.valid('param').name)), 200),
  )

  const listDestinations = createRoute({
    method: 'get',
    path: '/destinations',
    operationId: 'listDestinations',
    summary: 'Where copies go, and how these places do',
    tags: ['destinations'],
    'x-permission': 'list',
    request: { query },
    responses: { 200: json(pageOf(destination), 'A page of them.'), ...problems },
  })
  api.openapi(listDestinations, async (context) => {
    const all = await catalogue.destinations.list()
    const watched = await catalogue.watch.list()
    const page = await paged(
      'destinations',
      context.req.valid('query'),
      async (request) => slice(all, byName, request),
      (record) => destinationJson(record, watched.get(record.id)),
    )
    return context.json(page, 200)
  })

  const getDestination = createRoute({
    method: 'get',
    path: '/destinations/{name}',
    operationId: 'getDestination',
    summary: 'One destination',
    tags: ['destinations'],
    'x-permission': 'view',
    request: { params: named },
    responses: { 200: json(destination, 'The destination.'), ...problems },
  })
  api.openapi(getDestination, async (context) => {
    const record = await catalogue.destinations.get(context.req.valid('param').name)
    const watched = await catalogue.watch.list()
    return context.json(destinationJson(record, watched.get(record.id)), 200)
  })
}
