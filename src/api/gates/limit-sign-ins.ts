import type { MiddlewareHandler } from 'hono'
import type { ApiEnvironment } from '../contract/route.ts'
import { Refused } from '../problems/refused.ts'
import { rateLimits } from './rate-limits.ts'

/** Of a person who mistypes, and of an office behind one address. A program has a token, and signs in nowhere. */
const limits = { perSecond: 0.2, burst: 20, mostClients: 10_000 }
const paths = ['/api/v1/session', '/api/v1/session/passkey', '/api/v1/invitations/acceptance']

/** Refuses clients that try too many passwords or invitations, whoever's they are; each user has a limit of its own beside that. */
export function limitSignIns(now: () => number): MiddlewareHandler<ApiEnvironment> {
  const secondsToWait = rateLimits(limits, now)
  return async (context, next) => {
    const { method, path } = context.req
    const seconds = method === 'POST' && paths.includes(path) ? secondsToWait(context.get('client') ?? '') : 0
    if (seconds > 0)
      throw new Refused(429, 'this address asks too often', { headers: { 'retry-after': String(seconds) } })
    await next()
  }
}
