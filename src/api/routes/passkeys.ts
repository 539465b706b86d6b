import { z } from '@hono/zod-openapi'
import { clientOf, sessionOf } from '../access/asked-by.ts'
import { requireOwnOrigin } from '../access/own-origin.ts'
import { relyingPartyOf } from '../access/relying-party.ts'
import { proofOf } from '../access/require-proof.ts'
import { readSessionCookie, writeSessionCookie } from '../access/session-cookie.ts'
import {
  newPasskey,
  newPasskeyAnswer,
  newPasskeyQuestion,
  passkey,
  passkeyAnswer,
  passkeyJson,
  passkeyName,
  passkeyQuestion,
  passkeySignIn,
} from '../contract/passkey.ts'
import { problems } from '../contract/problem.ts'
import { type Api, body, createRoute, json } from '../contract/route.ts'
import { ownSession, ownSessionJson, proof } from '../contract/user.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['session']

/** Signing in by a passkey, and what users do about their own. */
export function servePasskeys(api: Api, { instance: { access, log } }: ApiDeps): void {
  const askForSignIn = createRoute({
    method: 'post',
    path: '/session/passkey/question',
    operationId: 'askForPasskey',
    summary: 'What to ask a browser for, so that somebody signs in by a passkey',
    tags,
    'x-permission': 'anyone',
    responses: { 200: json(passkeyQuestion, 'It names nobody.'), ...problems },
  })
  api.openapi(askForSignIn, async (context) => {
    requireOwnOrigin(context, true)
    context.set('isSecret', true)
    const { passkeys } = await access()
    return context.json({ ...(await passkeys.askForSignIn(relyingPartyOf(context))) }, 200)
  })

  const signIn = createRoute({
    method: 'post',
    path: '/session/passkey',
    operationId: 'signInByPasskey',
    summary: 'Sign in by a passkey alone: the answer sets the cookie __Host-redoma',
    tags,
    'x-permission': 'anyone',
    request: { body: body(passkeySignIn) },
    responses: { 200: json(ownSession, 'The session has begun.'), ...problems },
  })
  api.openapi(signIn, async (context) => {
    requireOwnOrigin(context, true)
    context.set('isSecret', true)
    const address = clientOf(context)
    const { sessions } = await access()
    const agent = context.req.header('user-agent') ?? ''
    const answer = passkeyAnswer(context.req.valid('json'))
    const proven = { answer, party: relyingPartyOf(context), address }
    const begun = await sessions
      .signInByPasskey(proven, agent, readSessionCookie(context))
      .catch((error: unknown) => {
        log.warn('sign-in by a passkey failed', { address })
        throw error
      })
    log.info('signed in by a passkey', { user: begun.user.name, address })
    writeSessionCookie(context, begun.secret)
    return context.json(ownSessionJson(begun), 200)
  })

  const list = createRoute({
    method: 'get',
    path: '/session/passkeys',
    operationId: 'listPasskeys',
    summary: "One's own passkeys, the oldest first",
    tags,
    'x-permission': 'signed-in',
    responses: { 200: json(z.object({ items: z.array(passkey) }), 'All of them.'), ...problems },
  })
  api.openapi(list, (context) =>
    context.json({ items: sessionOf(context).user.passkeys.map(passkeyJson) }, 200),
  )

  const begin = createRoute({
    method: 'post',
    path: '/session/passkeys/question',
    operationId: 'beginPasskey',
    summary: 'What to ask a browser for, so that it makes a passkey',
    tags,
    'x-permission': 'signed-in',
    request: { body: body(proof) },
    responses: { 200: json(newPasskeyQuestion, 'It is for this session.'), ...problems },
  })
  api.openapi(begin, async (context) => {
    context.set('isSecret', true)
    const { passkeys } = await access()
    const words = proofOf(context.req.valid('json'), clientOf(context))
    const asked = await passkeys.begin(sessionOf(context), words, relyingPartyOf(context))
    return context.json({ ...asked }, 200)
  })

  const add = createRoute({
    method: 'post',
    path: '/session/passkeys',
    operationId: 'addPasskey',
    summary: 'Keep the passkey that a browser has made: it is a way in from now on',
    tags,
    'x-permission': 'signed-in',
    request: { body: body(newPasskey) },
    responses: { 201: json(passkey, 'It is good.'), ...problems },
  })
  api.openapi(add, async (context) => {
    const given = context.req.valid('json')
    const { passkeys } = await access()
    const party = relyingPartyOf(context)
    const added = await passkeys.add(sessionOf(context), party, given.name, newPasskeyAnswer(given))
    return context.json(passkeyJson(added), 201)
  })

  const remove = createRoute({
    method: 'post',
    path: '/session/passkeys/{name}/removal',
    operationId: 'removePasskey',
    summary: 'Do without a passkey from now on; all other sessions end',
    tags,
    'x-permission': 'signed-in',
    request: { params: passkeyName, body: body(proof) },
    responses: { 204: { description: 'It is gone.' }, ...problems },
  })
  api.openapi(remove, async (context) => {
    const { passkeys } = await access()
    const words = proofOf(context.req.valid('json'), clientOf(context))
    await passkeys.remove(sessionOf(context), words, context.req.valid('param').name)
    return context.body(null, 204)
  })
}
