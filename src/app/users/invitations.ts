import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { hashPassword } from '../../crypto/argon2id.ts'
import type { Pass, User } from '../../ports/user.ts'
import { type AuditedDeps, auditEntry } from '../audited.ts'
import { requireGoodPassword } from './good-password.ts'
import { newUser, unlocked } from './new-user.ts'
import { type IssuedPass, issuePass, makePass, type PassDeps, passOf } from './pass.ts'
import { requireStill } from './require-still.ts'
import { requireUserName, userActor } from './user-name.ts'

const lastsMs = 24 * 60 * 60_000

/** What is given to somebody so that a password can be set with it, once. */
export interface Invited {
  readonly secret: Secret
  readonly expiresAt: Date
}

/** One that is good once it is in the catalogue. */
export function makeInvitation(deps: PassDeps, user: Pick<User, 'id'>): Invited & IssuedPass {
  const expiresAt = new Date(deps.clock.now().getTime() + lastsMs)
  return { ...makePass(deps, { kind: 'invitation', userId: user.id, expiresAt }), expiresAt }
}

/**
 * For who will be the first administrator; one that was made before is good for nothing from now on, and of two that are made at once the other when one is used.
 *
 * @returns `undefined` where there is a user already
 */
export type InviteFirst = () => Promise<Invited | undefined>

export function makeInviteFirst(deps: AuditedDeps): InviteFirst {
  const { users, passes } = deps.catalogue
  return async () => {
    if ((await users.list()).length > 0) return undefined
    await passes.removeOf('invitation', undefined)
    const expiresAt = new Date(deps.clock.now().getTime() + lastsMs)
    const audited = auditEntry(deps, 'user.invite-first', '', '')
    const { secret } = await issuePass(deps, { kind: 'invitation', expiresAt }, audited)
    return { secret, expiresAt }
  }
}

export interface Acceptance {
  readonly invitation: Secret
  readonly password: Secret
  /** Of the first administrator, who has none yet. */
  readonly name?: string | undefined
}

/**
 * Sets the password of who was invited.
 *
 * @throws RedomaError `NOT_SIGNED_IN` for an invitation that is not good (any more), `PASSWORD_WEAK`, `USAGE`: it is good again then
 */
export type AcceptInvitation = (acceptance: Acceptance) => Promise<User>

export function makeAcceptInvitation(deps: PassDeps): AcceptInvitation {
  const { users } = deps.catalogue
  return async ({ invitation, password, name }) => {
    const pass = await passOf(deps, 'invitation', invitation)
    if (pass === undefined) throw notGood()
    const user = await userOf(deps, pass, name)
    await requireGoodPassword(password, [user.name])
    const passwordHash = await hashPassword(password)
    const audited = auditEntry({ ...deps, actor: userActor(user.name) }, 'user.accept', user.name, '')
    try {
      if (pass.userId === undefined) {
        await users.addFirst({ ...user, passwordHash }, audited, pass.id)
        return user
      }
      const changed = await users.change(user.id, (now) => {
        requireStill(now, user)
        const accepted = { ...unlocked(now), passwordHash }
        // Of two who come with it at once, one takes it away; a reset has done so.
        return { user: accepted, audited, passes: { taking: pass.id }, ending: ['invitation', 'session'] }
      })
      return changed ?? user
    } catch (error) {
      if (isRedomaError(error, 'NOT_FOUND') || isRedomaError(error, 'CHANGED_MEANWHILE')) throw notGood()
      throw error
    }
  }
}

async function userOf(deps: PassDeps, { userId }: Pass, name: string | undefined): Promise<User> {
  const { users } = deps.catalogue
  if (userId !== undefined) {
    const user = await users.byId(userId)
    if (user === undefined || user.isDisabled) throw notGood()
    return user
  }
  if ((await users.list()).length > 0) throw notGood()
  if (name === undefined) throw new RedomaError('USAGE', 'the first administrator chooses a name')
  requireUserName(name)
  return newUser(deps, name, 'administrator')
}

function notGood(): RedomaError {
  return new RedomaError('NOT_SIGNED_IN', 'this invitation was taken up, has expired, or is none', {
    hint: 'Another one: redoma user reset NAME, on the machine itself.',
  })
}
