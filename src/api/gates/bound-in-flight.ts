import type { MiddlewareHandler } from 'hono'
import type { ApiEnvironment } from '../contract/route.ts'
import { Refused } from '../problems/refused.ts'

/** Works on so many requests at once at most, whoever makes them, and sends the others away at once: what waits in memory has no bound. */
export function boundInFlight(most = 64): MiddlewareHandler<ApiEnvironment> {
  let underWay = 0
  return async (_, next) => {
    if (underWay >= most)
      throw new Refused(503, `${most} requests are being answered already`, {
        headers: { 'retry-after': '1' },
      })
    underWay += 1
    try {
      await next()
    } finally {
      underWay -= 1
    }
  }
}
