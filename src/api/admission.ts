import type { MiddlewareHandler } from 'hono'
import { RedomaError } from '../core/errors.ts'
import { ownerAs } from './access/principal.ts'
import type { ApiEnvironment } from './contract/route.ts'

/**
 * Lets a request in by saying who asks (`principal`) and calling `next`, or throws. It is asked before a body is read, and for every path
 * of the API that is not open to anybody, also for one that is none.
 */
export type Admit = MiddlewareHandler<ApiEnvironment>

/**
 * For a listener that only root and the instance's owner reach: who is there may do what the commands do.
 *
 * @param actor the system's user name of who is there
 */
export function admitOwner(actor: string): Admit {
  const owner = ownerAs(actor)
  return (context, next) => {
    context.set('principal', owner)
    return next()
  }
}

/** For a listener that others reach, as long as nobody says who they are. */
export const admitNobody: Admit = () => {
  throw new RedomaError('NOT_SIGNED_IN', 'nobody has said who asks')
}
