import type { Context } from 'hono'
import type { Admitted } from '../../app/users/sessions.ts'
import { RedomaError } from '../../core/errors.ts'
import type { ApiEnvironment } from '../contract/route.ts'
import type { Principal } from './principal.ts'

/** Who was let in. @throws RedomaError `INTERNAL` on a route that is open to anybody: there is nobody to speak of */
export function principalOf(context: Context<ApiEnvironment>): Principal {
  const principal = context.get('principal')
  if (principal === undefined) throw new RedomaError('INTERNAL', 'nobody was let in')
  return principal
}

/** Who is put into the audit trail. */
export function actorOf(context: Context<ApiEnvironment>): string {
  return principalOf(context).actor
}

/** The user who asks, by a session: no token changes the ways in, as one that was found would make itself others. @throws RedomaError `NOT_ALLOWED` */
export function sessionOf(context: Context<ApiEnvironment>): Admitted {
  const principal = principalOf(context)
  if (principal.way === 'session') return principal.admitted
  throw new RedomaError('NOT_ALLOWED', 'this is for users who have signed in')
}

/** For what makes ways in, or is said by a person. @throws RedomaError `NOT_ALLOWED` to a token, whatever it may */
export function refuseTokens(context: Context<ApiEnvironment>): void {
  if (principalOf(context).way !== 'token') return
  throw new RedomaError('NOT_ALLOWED', 'no token does this: it is for people who have signed in')
}

/**
 * For what would run a program that the request names, as the daemon does, take a secret of the registry to a server that it names, or back up into a repository that somebody else
 * has the password of: who manages backups is not therefore root, and reads no secret and no file.
 *
 * @param what that is kept to the machine: `a source that is a program`
 * @throws RedomaError `NOT_ALLOWED` to who did not come by the socket, whatever the role
 */
export function requireOnMachine(context: Context<ApiEnvironment>, what: string): void {
  if (principalOf(context).way === 'socket') return
  throw new RedomaError('NOT_ALLOWED', `${what} is set up on the machine itself`, {
    hint: 'By a command of redoma there, or over the socket of the daemon.',
  })
}

/** Where a request comes from, for people; empty where nobody knows. */
export function clientOf(context: Context<ApiEnvironment>): string {
  return context.get('client') ?? ''
}
