import type { MiddlewareHandler } from 'hono'
import { RedomaError } from '../core/errors.ts'
import { ownerAs } from './access/principal.ts'
import { actorHeader } from './contract/actor-header.ts'
import type { ApiEnvironment } from './contract/route.ts'

/**
 * Lets a request in by saying who asks (`principal`) and calling `next`, or throws. It is asked before a body is read, and for every path
 * of the API that is not open to anybody, also for one that is none.
 */
export type Admit = MiddlewareHandler<ApiEnvironment>

/**
 * For a listener that only root and the instance's owner reach: who is there may do what the commands do.
 *
 * @param actor the system's user name of who is there, unless they say it themselves: they could write anything into the audit trail, and who used sudo is known to the command alone
 */
export function admitOwner(actor: string): Admit {
  return (context, next) => {
    context.set('principal', ownerAs(userIn(context.req.header(actorHeader)) ?? actor))
    return next()
  }
}

/** A name that a user of the system can have: without the colon of the others (`user:NAME`). */
function userIn(header: string | undefined): string | undefined {
  try {
    const name = decodeURIComponent(header ?? '')
    return /^[^\p{C}\s:/]{1,64}$/u.test(name) ? name : undefined
  } catch {
    return undefined
  }
}

/** For a listener that others reach, as long as nobody says who they are. */
export const admitNobody: Admit = () => {
  throw new RedomaError('NOT_SIGNED_IN', 'nobody has said who asks')
}
