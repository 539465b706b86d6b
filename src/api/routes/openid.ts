import type { Context } from 'hono'
import { openIdLastsSeconds } from '../../app/users/challenge.ts'
import { isRedomaError } from '../../core/errors.ts'
import { clientOf } from '../access/asked-by.ts'
import {
  readSessionCookie,
  readWayCookie,
  removeWayCookie,
  writeSessionCookie,
  writeWayCookie,
} from '../access/session-cookie.ts'
import { openIdAnswer, redirect } from '../contract/openid.ts'
import { problems } from '../contract/problem.ts'
import { type Api, createRoute } from '../contract/route.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['session']
const callback = '/session/openid/callback'

/**
 * Signing in by what an OpenID provider says. Browsers come to both from anywhere, a portal or the provider, and so neither asks whose page it
 * was: what is bound is the browser, by a cookie.
 */
export function serveOpenId(api: Api, { instance: { access, log } }: ApiDeps): void {
  const begin = createRoute({
    method: 'get',
    path: '/session/openid',
    operationId: 'beginOpenId',
    summary: 'Send a browser to the provider, to sign in there',
    tags,
    'x-permission': 'anyone',
    responses: { 303: redirect('To the provider.'), ...problems },
  })
  api.openapi(begin, async (context) => {
    const { openId } = await access()
    const { to, browser } = await openId.begin(redirectUriOf(context), readSessionCookie(context))
    writeWayCookie(context, browser, openIdLastsSeconds)
    return context.redirect(to.href, 303)
  })

  const finish = createRoute({
    method: 'get',
    path: callback,
    operationId: 'signInByOpenId',
    summary: 'Where the provider sends a browser back to: the answer sets the cookie __Host-redoma',
    tags,
    'x-permission': 'anyone',
    request: { query: openIdAnswer },
    responses: { 303: redirect('The session has begun.'), ...problems },
  })
  api.openapi(finish, async (context) => {
    const address = clientOf(context)
    const browser = readWayCookie(context)
    // Whatever becomes of it, it was used.
    if (browser !== undefined) removeWayCookie(context)
    const { sessions } = await access()
    const redirectUri = redirectUriOf(context)
    const answer = new URL(redirectUri)
    answer.search = new URL(context.req.url).search
    const proof = { answer, redirectUri, browser, address }
    const begun = await sessions
      .signInByOpenId(proof, context.req.header('user-agent') ?? '')
      .catch((error: unknown) => {
        const code = isRedomaError(error) ? error.code : 'INTERNAL'
        log.warn('sign-in by OpenID failed', { address, code })
        throw error
      })
    log.info('signed in by OpenID', { user: begun.user.name, address })
    writeSessionCookie(context, begun.secret)
    return context.redirect('/', 303)
  })
}

/** By the name by which the instance was asked, which is one of its own (`knownHosts`); the provider compares it with what was told to it. */
function redirectUriOf(context: Context): string {
  const { hostname, port } = new URL(context.req.url)
  const shown = port === '' || port === '443' ? '' : `:${port}`
  return `https://${hostname}${shown}/api/v1${callback}`
}
