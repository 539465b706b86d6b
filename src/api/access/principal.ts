import { type Permission, permissions } from '../../ports/access.ts'

/** Who asks. */
export interface Principal {
  /**
   * In the audit trail and the log. `NAME` is a user of the system, who came by the socket; `user:NAME` one of Redoma's, and
   * `token:NAME/TOKEN` a token of one. No user of the system has a colon in the name (passwd(5)), so that nobody can be taken for another.
   */
  readonly actor: string
  readonly way: 'socket' | 'session' | 'token'
  readonly permissions: ReadonlySet<Permission>
}

/** Root or the instance's owner: who can open the socket can read the catalogue and its key, too. */
export function ownerAs(actor: string): Principal {
  return { actor, way: 'socket', permissions: new Set(permissions) }
}
