import type { MiddlewareHandler } from 'hono'
import type { ApiEnvironment } from '../contract/route.ts'
import { Refused } from '../problems/refused.ts'
import { rateLimits } from './rate-limits.ts'

/** Of a person who mistypes, and of an office behind one address. A program has a token, and signs in nowhere. */
const limits = { perSecond: 0.2, burst: 20, mostClients: 10_000 }
const asked = [
  'POST /api/v1/session',
  'POST /api/v1/session/passkey',
  'POST /api/v1/invitations/acceptance',
  // Each asks another server.
  'GET /api/v1/session/openid',
  'HEAD /api/v1/session/openid',
  'GET /api/v1/session/openid/callback',
  'HEAD /api/v1/session/openid/callback',
]

/** Refuses clients that try too many passwords, invitations or providers, whoever's they are; each user has a limit of its own beside that. */
export function limitSignIns(now: () => number): MiddlewareHandler<ApiEnvironment> {
  const secondsToWait = rateLimits(limits, now)
  return async (context, next) => {
    const { method, path } = context.req
    const seconds = asked.includes(`${method} ${path}`) ? secondsToWait(context.get('client') ?? '') : 0
    if (seconds > 0)
      throw new Refused(429, 'this address asks too often', { headers: { 'retry-after': String(seconds) } })
    await next()
  }
}
