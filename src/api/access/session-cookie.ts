import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { Secret } from '../../core/secret.ts'

const name = 'redoma'

/**
 * `__Host-redoma`: of this host alone, whatever others in its domain set, never sent without TLS, never by a request that another page makes,
 * and no script gets at it. It is gone with the browser; how long the session lasts is not for it to say.
 */
const options = { prefix: 'host', path: '/', secure: true, httpOnly: true, sameSite: 'Strict' } as const

export function readSessionCookie(context: Context): Secret | undefined {
  const value = getCookie(context, name, 'host')
  return value === undefined || value === '' ? undefined : new Secret(value)
}

export function writeSessionCookie(context: Context, secret: Secret): void {
  setCookie(context, name, secret.reveal(), options)
}

export function removeSessionCookie(context: Context): void {
  deleteCookie(context, name, options)
}

/**
 * What a browser is sent to a provider with, and comes back with: the provider's page sends it, so that `Lax` has to do. It is gone after a quarter of an hour,
 * or once it is back.
 */
const wayName = 'redoma-openid'
const wayOptions = { ...options, sameSite: 'Lax' } as const

export function readWayCookie(context: Context): Secret | undefined {
  const value = getCookie(context, wayName, 'host')
  return value === undefined || value === '' ? undefined : new Secret(value)
}

export function writeWayCookie(context: Context, secret: Secret, maxAge: number): void {
  setCookie(context, wayName, secret.reveal(), { ...wayOptions, maxAge })
}

export function removeWayCookie(context: Context): void {
  deleteCookie(context, wayName, wayOptions)
}
