import type { Notifier } from '../../ports/notifier.ts'
import { type AcceptInvitation, makeAcceptInvitation } from './invitations.ts'
import { makeOwnAccess, type OwnAccess } from './own-access.ts'
import type { PassDeps } from './pass.ts'
import { makeProveUser } from './prove-user.ts'
import { makeSessions, type Sessions } from './sessions.ts'

/** What who comes to the API can ask before, or for, being let in. One of a process: it counts how many sign in at once. */
export interface Access {
  readonly sessions: Sessions
  readonly own: OwnAccess
  readonly acceptInvitation: AcceptInvitation
}

export function makeAccess(deps: PassDeps & { readonly notifier: Notifier }): Access {
  const proveUser = makeProveUser(deps)
  return {
    sessions: makeSessions(deps, proveUser),
    own: makeOwnAccess(deps, proveUser),
    acceptInvitation: makeAcceptInvitation(deps),
  }
}
