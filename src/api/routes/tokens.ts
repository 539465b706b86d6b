import { z } from '@hono/zod-openapi'
import { actorOf, sessionOf } from '../access/asked-by.ts'
import { provenUser } from '../access/require-proof.ts'
import { named } from '../contract/named.ts'
import { problems } from '../contract/problem.ts'
import { type Api, body, createRoute, json } from '../contract/route.ts'
import { createdToken, newToken, token, tokenJson } from '../contract/user.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['tokens']

/** Tokens of the user who asks. */
export function serveTokens(api: Api, { instance }: ApiDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/tokens',
    operationId: 'listTokens',
    summary: "One's own tokens, the newest first",
    tags,
    'x-permission': 'signed-in',
    responses: { 200: json(z.object({ items: z.array(token) }), 'All of them.'), ...problems },
  })
  api.openapi(list, async (context) => {
    const items = await (await instance.as(actorOf(context)).tokens()).of(sessionOf(context).user)
    return context.json({ items: items.map(tokenJson) }, 200)
  })

  const create = createRoute({
    method: 'post',
    path: '/tokens',
    operationId: 'createToken',
    summary: 'Make a token for a program, with some of the permissions that one has',
    tags,
    'x-permission': 'signed-in',
    request: { body: body(newToken) },
    responses: { 201: json(createdToken, 'The only answer that has the token.'), ...problems },
  })
  api.openapi(create, async (context) => {
    context.set('isSecret', true)
    const { proof, ...wanted } = context.req.valid('json')
    const user = await provenUser(context, instance.access, proof)
    const tokens = await instance.as(actorOf(context)).tokens()
    const { pass, secret } = await tokens.create(user, wanted)
    return context.json({ ...tokenJson(pass), token: secret.reveal() }, 201)
  })

  const revoke = createRoute({
    method: 'delete',
    path: '/tokens/{name}',
    operationId: 'revokeToken',
    summary: "Revoke one of one's own tokens",
    tags,
    'x-permission': 'signed-in',
    request: { params: named },
    responses: { 204: { description: 'It is good for nothing any more.' }, ...problems },
  })
  api.openapi(revoke, async (context) => {
    const { name } = context.req.valid('param')
    await (await instance.as(actorOf(context)).tokens()).revoke(sessionOf(context).user, name)
    return context.body(null, 204)
  })
}
