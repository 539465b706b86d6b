import { z } from '@hono/zod-openapi'
import { RedomaError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import { clientOf, sessionOf } from '../access/asked-by.ts'
import { requireOwnOrigin } from '../access/own-origin.ts'
import { readSessionCookie, removeSessionCookie, writeSessionCookie } from '../access/session-cookie.ts'
import { problems } from '../contract/problem.ts'
import { type Api, body, createRoute, json } from '../contract/route.ts'
import { ownSession, ownSessionJson, session, sessionJson, signingIn } from '../contract/user.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['session']

export function serveSession(api: Api, { instance }: ApiDeps): void {
  const { access, log } = instance

  const signIn = createRoute({
    method: 'post',
    path: '/session',
    operationId: 'signIn',
    summary: 'Sign in: the answer sets the cookie __Host-redoma',
    tags,
    'x-permission': 'anyone',
    request: { body: body(signingIn) },
    responses: { 200: json(ownSession, 'The session has begun.'), ...problems },
  })
  api.openapi(signIn, async (context) => {
    requireOwnOrigin(context, true)
    context.set('isSecret', true)
    const { name, password, code } = context.req.valid('json')
    const address = clientOf(context)
    const { sessions } = await access()
    const agent = context.req.header('user-agent') ?? ''
    const begun = await sessions
      .signIn({ name, password: new Secret(password), code, address }, agent, readSessionCookie(context))
      .catch((error: unknown) => {
        // Never with the name: it may be a password that was typed into the wrong field.
        log.warn('sign-in failed', { address })
        throw error
      })
    log.info('signed in', { user: begun.user.name, address })
    writeSessionCookie(context, begun.secret)
    return context.json(ownSessionJson(begun), 200)
  })

  const look = createRoute({
    method: 'get',
    path: '/session',
    operationId: 'getSession',
    summary: 'Who asks, and what they may do',
    tags,
    'x-permission': 'signed-in',
    responses: { 200: json(ownSession, 'The session.'), ...problems },
  })
  api.openapi(look, (context) => context.json(ownSessionJson(sessionOf(context)), 200))

  const signOut = createRoute({
    method: 'delete',
    path: '/session',
    operationId: 'signOut',
    summary: 'Sign out',
    tags,
    'x-permission': 'signed-in',
    responses: { 204: { description: 'The session is over.' }, ...problems },
  })
  api.openapi(signOut, async (context) => {
    await (await access()).sessions.signOut(sessionOf(context))
    removeSessionCookie(context)
    return context.body(null, 204)
  })

  const list = createRoute({
    method: 'get',
    path: '/sessions',
    operationId: 'listSessions',
    summary: "One's own sessions, the newest first",
    tags,
    'x-permission': 'signed-in',
    responses: { 200: json(z.object({ items: z.array(session) }), 'All of them.'), ...problems },
  })
  api.openapi(list, async (context) => {
    const { user, pass } = sessionOf(context)
    const items = await (await access()).sessions.of(user)
    return context.json({ items: items.map((one) => sessionJson(one, pass.id)) }, 200)
  })

  const end = createRoute({
    method: 'delete',
    path: '/sessions/{id}',
    operationId: 'endSession',
    summary: "End one of one's own sessions",
    tags,
    'x-permission': 'signed-in',
    request: { params: z.object({ id: z.uuid() }) },
    responses: { 204: { description: 'It is over.' }, ...problems },
  })
  api.openapi(end, async (context) => {
    const { id } = context.req.valid('param')
    if (!(await (await access()).sessions.end(sessionOf(context).user, id)))
      throw new RedomaError('NOT_FOUND', `there is no session ${id}`)
    return context.body(null, 204)
  })
}
