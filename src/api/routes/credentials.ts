import { z } from '@hono/zod-openapi'
import { credentialKinds } from '../../ports/credential.ts'
import {
  credential,
  credentialId,
  credentialJson,
  credentialSummary,
  summaryJson,
} from '../contract/credential.ts'
import { order, pageOf, paging } from '../contract/paging.ts'
import { problems } from '../contract/problem.ts'
import { type Api, createRoute, json } from '../contract/route.ts'
import type { ApiDeps } from '../deps.ts'
import { answerTagged } from '../entity-tags.ts'
import { paged } from '../paging/paged.ts'

const text = z.string().max(1000).optional()

const query = z.strictObject({
  ...paging,
  ...order(['folder', 'title', 'changedAt'], 'asc'),
  search: text.openapi({
    description: 'In title, user, host, folder or a tag; case and accents do not count.',
  }),
  kind: z.enum(credentialKinds).optional(),
  folder: text.openapi({ description: 'With all that is below it.' }),
  user: text,
  host: text,
  owner: text,
  tag: text,
})

export function serveCredentials(api: Api, { instance: { catalogue } }: ApiDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/credentials',
    operationId: 'listCredentials',
    summary: 'Credentials, without their secrets',
    tags: ['credentials'],
    'x-permission': 'list',
    request: { query },
    responses: { 200: json(pageOf(credentialSummary), 'A page of them.'), ...problems },
  })
  api.openapi(list, async (context) => {
    const page = await paged(
      'credentials',
      context.req.valid('query'),
      (request, { search, kind, folder, user, host, owner, tag }) =>
        catalogue.credentials.page({ search, kind, folder, user, host, owner, tag }, request),
      summaryJson,
    )
    return context.json(page, 200)
  })

  const get = createRoute({
    method: 'get',
    path: '/credentials/{id}',
    operationId: 'getCredential',
    summary: 'One credential, without its secrets; its ETag is what a change names',
    tags: ['credentials'],
    'x-permission': 'view',
    request: { params: credentialId },
    responses: { 200: json(credential, 'The credential.'), ...problems },
  })
  api.openapi(get, async (context) => {
    const known = await catalogue.credentials.look(context.req.valid('param').id)
    return answerTagged(context, known.revision, () => context.json(credentialJson(known), 200))
  })
}
