import type { OpenProvider } from '../../ports/identity-provider.ts'
import type { Notifier } from '../../ports/notifier.ts'
import { type AcceptInvitation, makeAcceptInvitation } from './invitations.ts'
import { makeOpenIdWay, type OpenIdWay } from './openid-way.ts'
import { makeOwnAccess, type OwnAccess } from './own-access.ts'
import type { PassDeps } from './pass.ts'
import { makePasskeys, type Passkeys } from './passkeys.ts'
import { makeProveOpenId } from './prove-openid.ts'
import { makeProvePasskey } from './prove-passkey.ts'
import { makeProveUser } from './prove-user.ts'
import { makeSessions, type Sessions } from './sessions.ts'

/** What who comes to the API can ask before, or for, being let in. One of a process: it counts how many sign in at once. */
export interface Access {
  readonly sessions: Sessions
  readonly own: OwnAccess
  readonly passkeys: Passkeys
  readonly openId: OpenIdWay
  readonly acceptInvitation: AcceptInvitation
}

export interface AccessDeps extends PassDeps {
  readonly notifier: Notifier
  readonly openProvider: OpenProvider
}

export function makeAccess(deps: AccessDeps): Access {
  const proveUser = makeProveUser(deps)
  const own = makeOwnAccess(deps, proveUser)
  return {
    sessions: makeSessions(deps, {
      ...{ proveUser, provePasskey: makeProvePasskey(deps), proveOpenId: makeProveOpenId(deps) },
    }),
    own,
    passkeys: makePasskeys(deps, own),
    openId: makeOpenIdWay(deps),
    acceptInvitation: makeAcceptInvitation(deps),
  }
}
