import type { MiddlewareHandler } from 'hono'
import type { ApiEnvironment } from './contract/route.ts'
import { Refused } from './problems/refused.ts'

/** Lets a request in by calling `next`, or throws. It is asked before a body is read, and for every path of the API, also for one that is none. */
export type Admit = MiddlewareHandler<ApiEnvironment>

/** For a listener that only root and the instance's owner reach: who is there may do what the commands do. */
export const admitAll: Admit = (_, next) => next()

/** For a listener that others reach, as long as nobody says who they are. */
export const admitNobody: Admit = () => {
  throw new Refused(401, 'nobody has said who asks', { headers: { 'www-authenticate': 'Bearer' } })
}
