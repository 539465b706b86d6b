import { z } from '@hono/zod-openapi'
import { RedomaError } from '../../core/errors.ts'
import { entryName } from '../../ports/specs.ts'
import {
  bundle,
  bundleJson,
  generation,
  generationJson,
  guardian,
  guardianJson,
  readiness,
  readinessJson,
} from '../contract/glass.ts'
import { order, pageOf, paging } from '../contract/paging.ts'
import { problems } from '../contract/problem.ts'
import { type Api, createRoute, json } from '../contract/route.ts'
import type { ApiDeps } from '../deps.ts'
import { paged, slice } from '../paging/paged.ts'

const tags = ['glass']

/** Bundles, the public side of recovery keys, who keeps their shares, and how ready they are. */
export function serveGlass(api: Api, { instance: { catalogue, reportReadiness } }: ApiDeps): void {
  const listBundles = createRoute({
    method: 'get',
    path: '/bundles',
    operationId: 'listBundles',
    summary: 'Bundles that were published, the newest first',
    tags,
    'x-permission': 'list',
    request: {
      query: z.strictObject({
        ...paging,
        ...order(['createdAt'], 'desc'),
        scope: z.string().max(63).optional().openapi({ description: 'Empty: of the whole vault alone.' }),
      }),
    },
    responses: { 200: json(pageOf(bundle), 'A page of them.'), ...problems },
  })
  api.openapi(listBundles, async (context) => {
    const asked = context.req.valid('query')
    const all = (await catalogue.bundles.list()).filter(
      ({ scope }) => asked.scope === undefined || scope === asked.scope,
    )
    const key = (one: (typeof all)[number]): string =>
      `${one.createdAt.toISOString()} ${String(one.sequence).padStart(16, '0')} ${one.scope}`
    return context.json(await paged('bundles', asked, async (page) => slice(all, key, page), bundleJson), 200)
  })

  const listGenerations = createRoute({
    method: 'get',
    path: '/generations',
    operationId: 'listGenerations',
    summary: 'Recovery keys, by their public side, the newest first',
    tags,
    'x-permission': 'list',
    request: { query: z.strictObject({ ...paging, ...order(['number'], 'desc') }) },
    responses: { 200: json(pageOf(generation), 'A page of them.'), ...problems },
  })
  api.openapi(listGenerations, async (context) => {
    const all = await catalogue.generations.list()
    const asked = context.req.valid('query')
    const read = async (page: Parameters<typeof slice>[2]) => slice(all, ({ number }) => number, page)
    return context.json(await paged('generations', asked, read, generationJson), 200)
  })

  const listGuardians = createRoute({
    method: 'get',
    path: '/guardians',
    operationId: 'listGuardians',
    summary: 'Who keeps shares of recovery keys, and which',
    tags,
    'x-permission': 'list',
    request: { query: z.strictObject({ ...paging, ...order(['name'], 'asc') }) },
    responses: { 200: json(pageOf(guardian), 'A page of them.'), ...problems },
  })
  api.openapi(listGuardians, async (context) => {
    const [all, keepers] = await Promise.all([catalogue.guardians.list(), catalogue.guardians.keepers()])
    const page = await paged(
      'guardians',
      context.req.valid('query'),
      async (request) => slice(all, ({ name }) => name, request),
      (one) => guardianJson(one, keepers),
    )
    return context.json(page, 200)
  })

  const getReadiness = createRoute({
    method: 'get',
    path: '/readiness',
    operationId: 'getReadinessOfGlass',
    summary: 'How ready people are to open the glass; 409 before the first ceremony',
    tags,
    'x-permission': 'view',
    request: {
      query: z.strictObject({
        scope: entryName.optional().openapi({ description: 'Of the key of a scope that has its own.' }),
      }),
    },
    responses: { 200: json(readiness, 'How ready.'), ...problems },
  })
  api.openapi(getReadiness, async (context) => {
    const report = await reportReadiness(context.req.valid('query').scope)
    if (report === undefined)
      throw new RedomaError(
        'CEREMONY_MISSING',
        'no ceremony was held yet, so there is nothing to be ready for',
      )
    return context.json(readinessJson(report), 200)
  })
}
