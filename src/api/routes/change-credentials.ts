import { actorOf } from '../access/asked-by.ts'
import { credential, credentialId, credentialJson } from '../contract/credential.ts'
import { changesOf, credentialChange, draftOf, newCredential } from '../contract/credential-change.ts'
import { idempotencyKey, ifMatch } from '../contract/named.ts'
import { problems } from '../contract/problem.ts'
import { type Api, body, createRoute, json } from '../contract/route.ts'
import type { ApiDeps } from '../deps.ts'
import { entityTag } from '../entity-tags.ts'
import { revisionAsked } from '../requests/if-match.ts'

const tags = ['credentials']

export function changeCredentials(api: Api, { instance }: ApiDeps): void {
  const { catalogue, log } = instance

  const add = createRoute({
    method: 'post',
    path: '/credentials',
    operationId: 'addCredential',
    summary: 'Register a credential',
    tags,
    'x-permission': 'write',
    request: { body: body(newCredential), headers: idempotencyKey },
    responses: { 201: json(credential, 'It is registered; the answer has no secret.'), ...problems },
  })
  api.openapi(add, async (context) => {
    const id = await instance.as(actorOf(context)).addCredential(draftOf(context.req.valid('json')))
    log.info('credential added', { credential: id })
    const known = await catalogue.credentials.look(id)
    context.header('location', `${context.req.path}/${id}`)
    context.header('etag', entityTag(known.revision))
    return context.json(credentialJson(known), 201)
  })

  const edit = createRoute({
    method: 'patch',
    path: '/credentials/{id}',
    operationId: 'editCredential',
    summary: 'Change what is named, as If-Match names it; a secret that gives way goes to the history',
    tags,
    'x-permission': 'write',
    request: { params: credentialId, body: body(credentialChange), headers: ifMatch },
    responses: { 200: json(credential, 'It is so now.'), ...problems },
  })
  api.openapi(edit, async (context) => {
    const { id } = context.req.valid('param')
    // By its id alone: a title may be that of several.
    await catalogue.credentials.look(id)
    const revision = revisionAsked(context, true)
    const outcome = await instance
      .as(actorOf(context))
      .editCredential(id, changesOf(context.req.valid('json')), revision)
    if (outcome !== 'unchanged') log.info('credential changed', { credential: id })
    const known = await catalogue.credentials.look(id)
    context.header('etag', entityTag(known.revision))
    return context.json(credentialJson(known), 200)
  })

  const remove = createRoute({
    method: 'delete',
    path: '/credentials/{id}',
    operationId: 'removeCredential',
    summary: 'Remove a credential with its history; bundles made before keep it',
    tags,
    'x-permission': 'delete',
    request: { params: credentialId, headers: ifMatch },
    responses: { 204: { description: 'It is gone.' }, ...problems },
  })
  api.openapi(remove, async (context) => {
    const { id } = context.req.valid('param')
    await catalogue.credentials.look(id)
    await instance.as(actorOf(context)).removeCredential(id, revisionAsked(context, false))
    log.warn('credential removed', { credential: id })
    return context.body(null, 204)
  })
}
