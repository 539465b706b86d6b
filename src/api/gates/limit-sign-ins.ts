import type { MiddlewareHandler } from 'hono'
import type { ApiEnvironment } from '../contract/route.ts'
import { limitRates } from './limit-rates.ts'

/** Of a person who mistypes, and of an office behind one address. A program has a token, and signs in nowhere. */
const limits = { perSecond: 0.2, burst: 20, mostClients: 10_000 }
const paths = ['/api/v1/session', '/api/v1/invitations/acceptance']

/** Refuses clients that try too many passwords or invitations, whoever's they are; each user has a limit of its own beside that. */
export function limitSignIns(now: () => number): MiddlewareHandler<ApiEnvironment> {
  const limit = limitRates({ ...limits, now })
  return (context, next) => {
    const { method, path } = context.req
    return method === 'POST' && paths.includes(path) ? limit(context, next) : next()
  }
}
