import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { RedomaError } from '../../core/errors.ts'
import { actorOf, principalOf } from '../access/asked-by.ts'
import { requireProof } from '../access/require-proof.ts'
import { passkeyOfUser } from '../contract/passkey.ts'
import { problems } from '../contract/problem.ts'
import { type Api, type ApiEnvironment, body, createRoute, json } from '../contract/route.ts'
import {
  invited,
  invitedUser,
  newUser,
  user,
  userChange,
  userJson,
  userName,
  userReset,
} from '../contract/user.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['users']

export function serveUsers(api: Api, { instance }: ApiDeps): void {
  const { catalogue } = instance

  const list = createRoute({
    method: 'get',
    path: '/users',
    operationId: 'listUsers',
    summary: 'Who may sign in, by name',
    tags,
    'x-permission': 'manage-users',
    responses: { 200: json(z.object({ items: z.array(user) }), 'All of them.'), ...problems },
  })
  api.openapi(list, async (context) =>
    context.json({ items: (await catalogue.users.list()).map(userJson) }, 200),
  )

  const invite = createRoute({
    method: 'post',
    path: '/users',
    operationId: 'inviteUser',
    summary: 'Invite somebody, who sets a password by the invitation',
    tags,
    'x-permission': 'manage-users',
    'x-no-token': true,
    request: { body: body(newUser) },
    responses: { 201: json(invitedUser, 'The only answer that has the invitation.'), ...problems },
  })
  api.openapi(invite, async (context) => {
    context.set('isSecret', true)
    const { name, role, proof } = context.req.valid('json')
    await requireProof(context, instance.access, proof)
    const { secret, expiresAt } = await (await instance.as(actorOf(context)).users()).invite(name, role)
    return context.json({ name, role, invitation: secret.reveal(), expiresAt: expiresAt.toISOString() }, 201)
  })

  const change = createRoute({
    method: 'patch',
    path: '/users/{name}',
    operationId: 'changeUser',
    summary: 'Give a user another role, which no token does, disable or enable one',
    tags,
    'x-permission': 'manage-users',
    request: { params: userName, body: body(userChange) },
    responses: { 200: json(user, 'It is so now.'), ...problems },
  })
  api.openapi(change, async (context) => {
    const { name } = context.req.valid('param')
    const { role, isDisabled, proof } = context.req.valid('json')
    if (role !== undefined) await requireProof(context, instance.access, proof)
    const users = await instance.as(actorOf(context)).users()
    if (role !== undefined) await users.setRole(name, role)
    if (isDisabled !== undefined) await (isDisabled ? users.disable(name) : users.enable(name))
    const known = await catalogue.users.named(name)
    if (known === undefined) throw new RedomaError('NOT_FOUND', `there is no user ${JSON.stringify(name)}`)
    return context.json(userJson(known), 200)
  })

  const unlock = createRoute({
    method: 'post',
    path: '/users/{name}/unlock',
    operationId: 'unlockUser',
    summary: 'Let a user try to sign in again at once',
    tags,
    'x-permission': 'manage-users',
    request: { params: userName },
    responses: { 200: json(user, 'It is so now.'), ...problems },
  })
  api.openapi(unlock, async (context) => {
    const { name } = context.req.valid('param')
    return context.json(userJson(await (await instance.as(actorOf(context)).users()).unlock(name)), 200)
  })

  const signOut = createRoute({
    method: 'delete',
    path: '/users/{name}/sessions',
    operationId: 'signOutUser',
    summary: 'End all sessions of a user, who may sign in again; tokens stay good',
    tags,
    'x-permission': 'manage-users',
    request: { params: userName },
    responses: { 204: { description: 'There is none any more.' }, ...problems },
  })
  api.openapi(signOut, async (context) => {
    await (await instance.as(actorOf(context)).users()).signOut(context.req.valid('param').name)
    return context.body(null, 204)
  })

  const removePasskey = createRoute({
    method: 'delete',
    path: '/users/{name}/passkeys/{passkey}',
    operationId: 'removePasskeyOfUser',
    summary: 'Take a passkey away that a user has lost; all sessions of that user end',
    tags,
    'x-permission': 'manage-users',
    request: { params: passkeyOfUser },
    responses: { 204: { description: 'It is good for nothing any more.' }, ...problems },
  })
  api.openapi(removePasskey, async (context) => {
    const { name, passkey } = context.req.valid('param')
    await (await instance.as(actorOf(context)).users()).removePasskey(name, passkey)
    return context.body(null, 204)
  })

  const reset = createRoute({
    method: 'post',
    path: '/users/{name}/reset',
    operationId: 'resetUser',
    summary:
      'Take password, second factor, passkeys, sessions and tokens of another user away, for an invitation',
    tags,
    'x-permission': 'manage-users',
    'x-no-token': true,
    // Who comes by the socket has nothing to say.
    request: { params: userName, body: { ...body(userReset), required: false } },
    responses: { 200: json(invited, 'The only answer that has the invitation.'), ...problems },
  })
  api.openapi(reset, async (context) => {
    context.set('isSecret', true)
    const { name } = context.req.valid('param')
    refuseOneself(context, name)
    await requireProof(context, instance.access, context.req.valid('json').proof)
    const { secret, expiresAt } = await (await instance.as(actorOf(context)).users()).reset(name)
    return context.json({ invitation: secret.reveal(), expiresAt: expiresAt.toISOString() }, 200)
  })

  const remove = createRoute({
    method: 'delete',
    path: '/users/{name}',
    operationId: 'removeUser',
    summary: 'Remove a user, with all sessions and tokens',
    tags,
    'x-permission': 'manage-users',
    request: { params: userName },
    responses: { 204: { description: 'The user is gone.' }, ...problems },
  })
  api.openapi(remove, async (context) => {
    await (await instance.as(actorOf(context)).users()).remove(context.req.valid('param').name)
    return context.body(null, 204)
  })
}

/** An invitation for oneself would do without the second factor. @throws RedomaError `NOT_ALLOWED` */
function refuseOneself(context: Context<ApiEnvironment>, name: string): void {
  const principal = principalOf(context)
  if (principal.way === 'socket' || principal.admitted.user.name !== name) return
  throw new RedomaError('NOT_ALLOWED', 'nobody resets the own password and second factor here', {
    hint: `Change the password (POST /session/password), or on the machine itself: redoma user reset ${name}`,
  })
}
