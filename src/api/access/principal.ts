import type { Admitted } from '../../app/users/sessions.ts'
import { tokenActor, userActor } from '../../app/users/user-name.ts'
import { type Permission, permissions, roles } from '../../ports/access.ts'

/** Who asks. */
export type Principal = {
  /**
   * In the audit trail and the log. `NAME` is a user of the system, who came by the socket; `user:NAME` one of Redoma's, and
   * `token:NAME/TOKEN` a token of one. No user of the system has a colon in the name (passwd(5)), so that nobody can be taken for another.
   */
  readonly actor: string
  readonly permissions: ReadonlySet<Permission>
} & ({ readonly way: 'socket' } | { readonly way: 'session' | 'token'; readonly admitted: Admitted })

/** Root or the instance's owner: who can open the socket can read the catalogue and its key, too. */
export function ownerAs(actor: string): Principal {
  return { actor, way: 'socket', permissions: new Set(permissions) }
}

/** A user by a session, who may do what the role says now. */
export function userBySession(admitted: Admitted): Principal {
  const { name, role } = admitted.user
  return { actor: userActor(name), way: 'session', admitted, permissions: new Set(roles[role]) }
}

/** A program by a token, which may do what it was made for, as far as its user may now. */
export function programByToken(admitted: Admitted): Principal {
  const { user, pass } = admitted
  const held: readonly Permission[] = roles[user.role]
  const within = pass.permissions.filter((permission) => held.includes(permission))
  return { actor: tokenActor(user.name, pass.name), way: 'token', admitted, permissions: new Set(within) }
}
