import { Secret } from '../../core/secret.ts'
import { clientOf, sessionOf } from '../access/asked-by.ts'
import { requireOwnOrigin } from '../access/own-origin.ts'
import { proofOf } from '../access/require-proof.ts'
import { problems } from '../contract/problem.ts'
import { type Api, body, createRoute, json } from '../contract/route.ts'
import { acceptance, passwordChange, proof, totpBegun, totpCode, user, userJson } from '../contract/user.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['session']

/** What users do about their own ways in. */
export function serveOwnAccess(api: Api, { instance: { access } }: ApiDeps): void {
  const accept = createRoute({
    method: 'post',
    path: '/invitations/acceptance',
    operationId: 'acceptInvitation',
    summary: 'Set a password by an invitation, which is good once',
    tags,
    'x-permission': 'anyone',
    request: { body: body(acceptance) },
    responses: { 200: json(user, 'The user can sign in.'), ...problems },
  })
  api.openapi(accept, async (context) => {
    requireOwnOrigin(context, true)
    const { invitation, password, name } = context.req.valid('json')
    const { acceptInvitation } = await access()
    const words = { invitation: new Secret(invitation), password: new Secret(password), name }
    return context.json(userJson(await acceptInvitation(words)), 200)
  })

  const changePassword = createRoute({
    method: 'post',
    path: '/session/password',
    operationId: 'changePassword',
    summary: "Change one's own password; all other sessions and all tokens end",
    tags,
    'x-permission': 'signed-in',
    request: { body: body(passwordChange) },
    responses: {
      204: { description: 'It is changed; all other sessions and all tokens have ended.' },
      ...problems,
    },
  })
  api.openapi(changePassword, async (context) => {
    const { newPassword, ...proven } = context.req.valid('json')
    const { own } = await access()
    const words = proofOf(proven, clientOf(context))
    await own.changePassword(sessionOf(context), words, new Secret(newPassword))
    return context.body(null, 204)
  })

  const beginTotp = createRoute({
    method: 'post',
    path: '/session/totp',
    operationId: 'beginTotp',
    summary: 'Make a second factor; it counts when a code of it is confirmed',
    tags,
    'x-permission': 'signed-in',
    request: { body: body(proof) },
    responses: { 200: json(totpBegun, 'What the program that makes the codes needs.'), ...problems },
  })
  api.openapi(beginTotp, async (context) => {
    context.set('isSecret', true)
    const { own } = await access()
    const words = proofOf(context.req.valid('json'), clientOf(context))
    const { secret, uri } = await own.beginTotp(sessionOf(context), words)
    return context.json({ secret: secret.reveal(), uri: uri.reveal() }, 200)
  })

  const confirmTotp = createRoute({
    method: 'post',
    path: '/session/totp/confirmation',
    operationId: 'confirmTotp',
    summary: 'Confirm the second factor by a code of it; all other sessions and all tokens end',
    tags,
    'x-permission': 'signed-in',
    request: { body: body(totpCode) },
    responses: {
      204: { description: 'It counts from now on; all other sessions and all tokens have ended.' },
      ...problems,
    },
  })
  api.openapi(confirmTotp, async (context) => {
    const { own } = await access()
    await own.confirmTotp(sessionOf(context), context.req.valid('json').code)
    return context.body(null, 204)
  })

  const removeTotp = createRoute({
    method: 'post',
    path: '/session/totp/removal',
    operationId: 'removeTotp',
    summary: 'Do without the second factor from now on',
    tags,
    'x-permission': 'signed-in',
    request: { body: body(proof) },
    responses: { 204: { description: 'It is gone.' }, ...problems },
  })
  api.openapi(removeTotp, async (context) => {
    const { own } = await access()
    await own.removeTotp(sessionOf(context), proofOf(context.req.valid('json'), clientOf(context)))
    return context.body(null, 204)
  })
}
