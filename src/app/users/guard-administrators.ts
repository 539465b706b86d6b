import { createHash } from 'node:crypto'
import { RedomaError } from '../../core/errors.ts'
import type { Role } from '../../ports/access.ts'
import type { Notifier } from '../../ports/notifier.ts'
import type { User } from '../../ports/user.ts'
import type { RequireSecondPerson } from '../approvals/require-second-person.ts'
import type { AuditedDeps } from '../audited.ts'
import type { KeepUsers } from './keep-users.ts'
import { openIdWords } from './openid-words.ts'

export interface GuardAdministratorsDeps extends Pick<AuditedDeps, 'catalogue' | 'clock' | 'actor'> {
  readonly requireSecondPerson: RequireSecondPerson
  readonly notifier: Notifier
  /** Who asks has the instance's key, and needs nobody: the last way in when the second person is gone. */
  readonly isOnMachine: boolean
}

/**
 * The same, asking a second person before it changes who administers, and telling people of it: else one of two would make a second person
 * of their own, or leave none that could refuse. Elsewhere than on the machine nobody gets a link by which an administrator sets a password, since whoever
 * has it is that administrator: it is made for a user who is there, has a password, and is known to the second person.
 */
export function guardAdministrators(keep: KeepUsers, deps: GuardAdministratorsDeps): KeepUsers {
  const { catalogue, clock, actor: by, notifier, isOnMachine } = deps
  const { signal } = new AbortController()
  const told = async <T>(user: string, what: string, work: () => Promise<T>): Promise<T> => {
    const done = await work()
    // It is in the audit trail, whoever hears of it.
    const change = { user, what, by, at: clock.now() }
    await notifier.tell({ kind: 'administrators-changed', change }).catch(() => undefined)
    return done
  }
  const guarded = async <T>(user: User, what: string, work: () => Promise<T>): Promise<T> => {
    const lines = [`${user.name}: ${what}`, ...waysInOf(user)]
    if (!isOnMachine)
      await deps.requireSecondPerson({ danger: 'administrators', subject: user.name, lines }, signal)
    return told(user.name, what, work)
  }
  const onMachine = async <T>(user: string, what: string, work: () => Promise<T>): Promise<T> => {
    if (isOnMachine) return told(user, what, work)
    throw new RedomaError(
      'NOT_ALLOWED',
      'a link by which an administrator sets a password is made on the machine itself',
      {
        hint: 'redoma user invite, or redoma user reset. A user who is there already can be made an administrator from here.',
      },
    )
  }
  const ifAdministrator = async <T>(
    name: string,
    work: () => Promise<T>,
    guard: (user: User) => Promise<T>,
  ): Promise<T> => {
    const user = await catalogue.users.named(name)
    return user?.role === 'administrator' ? guard(user) : work()
  }
  const setRole = async (name: string, role: Role): Promise<User> => {
    const work = (): Promise<User> => keep.setRole(name, role)
    const user = await catalogue.users.named(name)
    if (user === undefined || user.role === role) return work()
    // A link that was given away would make whoever has it the administrator.
    if (role === 'administrator' && user.passwordHash === undefined)
      return onMachine(name, 'becomes an administrator', work)
    if (role === 'administrator') return guarded(user, 'becomes an administrator', work)
    return user.role === 'administrator'
      ? guarded(user, `no administrator any more, but ${role}`, work)
      : work()
  }
  return {
    ...keep,
    setRole,
    add(name, role, password) {
      const work = (): Promise<User> => keep.add(name, role, password)
      return role === 'administrator' ? onMachine(name, 'a new administrator', work) : work()
    },
    invite(name, role) {
      const work = (): ReturnType<KeepUsers['invite']> => keep.invite(name, role)
      return role === 'administrator' ? onMachine(name, 'invited to be an administrator', work) : work()
    },
    reset(name) {
      const work = (): ReturnType<KeepUsers['reset']> => keep.reset(name)
      return ifAdministrator(name, work, () => onMachine(name, 'gets a new password', work))
    },
    disable(name) {
      const work = (): Promise<User> => keep.disable(name)
      return ifAdministrator(name, work, (user) => guarded(user, 'disabled', work))
    },
    setOpenId(name, openId) {
      const work = (): Promise<User> => keep.setOpenId(name, openId)
      return ifAdministrator(name, work, (user) =>
        guarded(user, openId === undefined ? 'by no provider any more' : `by ${openIdWords(openId)}`, work),
      )
    },
    enable(name) {
      const work = (): Promise<User> => keep.enable(name)
      return ifAdministrator(name, work, (user) => guarded(user, 'enabled', work))
    },
    remove(name) {
      const work = (): Promise<void> => keep.remove(name)
      return ifAdministrator(name, work, (user) => guarded(user, 'removed', work))
    },
  }
}

/**
 * Who it is that is agreed to, and by what they come in: one who was made anew under the same name, or has got another password since, is another. The mark
 * says nothing of the password: the salt is in it.
 */
function waysInOf({ id, createdAt, passwordHash, totp, passkeys, openId, signedInAt }: User): string[] {
  const mark = createHash('sha256')
    .update(passwordHash?.reveal() ?? '')
    .digest('hex')
  return [
    `user ${id}, since ${createdAt.toISOString()}`,
    passwordHash === undefined ? 'has no password yet' : `has a password, with the mark ${mark.slice(0, 8)}`,
    totp?.isConfirmed === true ? 'has a second factor' : 'has no second factor',
    passkeys.length === 0 ? 'has no passkey' : `has passkeys: ${passkeys.map(({ name }) => name).join(', ')}`,
    openId === undefined ? 'signs in by no provider' : `signs in by ${openIdWords(openId)}`,
    signedInAt === undefined ? 'never signed in' : 'has signed in before',
  ]
}
