import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { hashPassword } from '../../crypto/argon2id.ts'
import type { Role } from '../../ports/access.ts'
import { type OpenId, type PassChange, passKinds, type User, type UserChange } from '../../ports/user.ts'
import { type AuditedDeps, auditEntry } from '../audited.ts'
import { requireGoodPassword } from './good-password.ts'
import { type Invited, makeInvitation } from './invitations.ts'
import { newUser, unlocked } from './new-user.ts'
import { openIdWords } from './openid-words.ts'
import { withoutPasskey } from './passkey-name.ts'
import { requireUserName } from './user-name.ts'

/** What is done about users, by who may manage them. All of it is in the audit trail, in the transaction that does it. */
export interface KeepUsers {
  /** @throws RedomaError `USAGE`, `ALREADY_EXISTS`, `PASSWORD_WEAK` */
  add(name: string, role: Role, password: Secret): Promise<User>
  /** The same with a link, by which the user sets a password. */
  invite(name: string, role: Role): Promise<Invited>
  /** @throws RedomaError `NOT_FOUND`; `USAGE` for the last administrator, of whom this is true of all that follows */
  setRole(name: string, role: Role): Promise<User>
  /** Ends all sessions; tokens are good for nothing until the user is enabled again. */
  disable(name: string): Promise<User>
  enable(name: string): Promise<User>
  /** Before the time is up after which one may try again whose sign-ins failed. */
  unlock(name: string): Promise<User>
  /** Ends all sessions, and nothing else: who has the password signs in again, and tokens stay good. */
  signOut(name: string): Promise<User>
  /** One that was lost; ends all sessions, as one may have been begun with it. @throws RedomaError `NOT_FOUND` for a passkey that is not there */
  removePasskey(name: string, passkey: string): Promise<User>
  /**
   * Whom the provider has to name, so that this user is let in; nobody: `undefined`. Ends all sessions, as one may have been begun by who was named before.
   *
   * @throws RedomaError `ALREADY_EXISTS` where that is another user already
   */
  setOpenId(name: string, openId: OpenId | undefined): Promise<User>
  /** Takes password, second factor, passkeys, what the provider may say, sessions and tokens away, for a link by which the user sets a new password. */
  reset(name: string): Promise<Invited>
  /** With all sessions and tokens. */
  remove(name: string): Promise<void>
}

export function makeKeepUsers(deps: AuditedDeps): KeepUsers {
  const { users } = deps.catalogue
  const change = (
    { id, name }: User,
    action: string,
    decide: (user: User, others: readonly User[]) => Omit<UserChange, 'audited'> & { detail?: string },
  ): Promise<User | undefined> => {
    return users.change(id, (user, others) => {
      const { detail = '', ...outcome } = decide(user, others)
      if (!isAdministrator(outcome.user) && isAdministrator(user)) requireAnother(others)
      return { ...outcome, audited: auditEntry(deps, `user.${action}`, name, detail) }
    })
  }
  const keep = async (name: string, ...rest: Tail<Parameters<typeof change>>): Promise<User> =>
    (await change(await requireUser(deps, name), ...rest)) ?? missing(name)
  const add = async (user: User, action: string, passes?: PassChange): Promise<User> => {
    requireUserName(user.name)
    await users.add(user, auditEntry(deps, `user.${action}`, user.name, user.role), passes)
    return user
  }
  return {
    async add(name, role, password) {
      requireUserName(name)
      await requireGoodPassword(password, [name])
      return add({ ...newUser(deps, name, role), passwordHash: await hashPassword(password) }, 'add')
    },
    async invite(name, role) {
      const user = newUser(deps, name, role)
      const { pass, secret, expiresAt } = makeInvitation(deps, user)
      await add(user, 'invite', { adding: pass })
      return { secret, expiresAt }
    },
    setRole: (name, role) =>
      keep(name, 'role', (user) => ({ user: { ...user, role }, detail: `${user.role} → ${role}` })),
    disable: (name) =>
      keep(name, 'disable', (user) => ({
        user: { ...user, isDisabled: true },
        ending: ['session', 'invitation'],
      })),
    enable: (name) => keep(name, 'enable', (user) => ({ user: { ...user, isDisabled: false } })),
    unlock: (name) => keep(name, 'unlock', (user) => ({ user: unlocked(user) })),
    signOut: (name) => keep(name, 'end-sessions', (user) => ({ user, ending: ['session'] })),
    removePasskey: (name, passkey) =>
      keep(name, 'remove-passkey', (user) => ({
        user: withoutPasskey(user, passkey),
        ending: ['session'],
        detail: passkey,
      })),
    setOpenId: (name, openId) =>
      keep(name, 'openid', (user, others) => {
        if (openId !== undefined) requireFree(openId, others)
        return {
          user: { ...user, openId },
          ending: ['session'],
          detail: openId === undefined ? 'nobody' : openIdWords(openId),
        }
      }),
    async reset(name) {
      const user = await requireUser(deps, name)
      const { pass, secret, expiresAt } = makeInvitation(deps, user)
      await change(user, 'reset', (before) => ({
        user: {
          ...unlocked(before),
          passwordHash: undefined,
          totp: undefined,
          passkeys: [],
          openId: undefined,
        },
        // The invitation of another reset, too: one alone is good.
        ending: passKinds,
        passes: { adding: pass },
      }))
      return { secret, expiresAt }
    },
    async remove(name) {
      await change(await requireUser(deps, name), 'remove', () => ({ user: undefined }))
    },
  }
}

type Tail<List extends readonly unknown[]> = List extends [unknown, ...infer Rest] ? Rest : never

function isAdministrator(user: User | undefined): boolean {
  return user?.role === 'administrator' && !user.isDisabled
}

function requireFree(openId: OpenId, others: readonly User[]): void {
  const words = openIdWords(openId)
  const other = others.find((user) => user.openId !== undefined && openIdWords(user.openId) === words)
  if (other !== undefined)
    throw new RedomaError('ALREADY_EXISTS', `that is ${other.name} already`, {
      hint: `redoma user openid ${other.name} --off`,
    })
}

function requireAnother(others: readonly User[]): void {
  if (others.some((user) => isAdministrator(user) && user.passwordHash !== undefined)) return
  throw new RedomaError('USAGE', 'this is the last administrator', {
    hint: 'Make somebody else one first: redoma user role NAME administrator',
  })
}

async function requireUser({ catalogue }: AuditedDeps, name: string): Promise<User> {
  const user = await catalogue.users.named(name)
  return user ?? missing(name)
}

function missing(name: string): never {
  throw new RedomaError('NOT_FOUND', `there is no user ${JSON.stringify(name)}`)
}
