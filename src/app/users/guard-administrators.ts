import type { Notifier } from '../../ports/notifier.ts'
import type { RequireSecondPerson } from '../approvals/require-second-person.ts'
import type { AuditedDeps } from '../audited.ts'
import type { KeepUsers } from './keep-users.ts'

export interface GuardAdministratorsDeps extends Pick<AuditedDeps, 'catalogue' | 'clock' | 'actor'> {
  readonly requireSecondPerson: RequireSecondPerson
  readonly notifier: Notifier
}

/**
 * The same, asking a second person before it changes who administers, and telling people of it: else one of two would make a second person
 * of their own, or leave none that could refuse. Whoever is root on the machine can do that whatever is asked here; people hear of it.
 */
export function guardAdministrators(keep: KeepUsers, deps: GuardAdministratorsDeps): KeepUsers {
  const { catalogue, clock, actor: by, requireSecondPerson, notifier } = deps
  const { signal } = new AbortController()
  const guarded = async <T>(user: string, what: string, work: () => Promise<T>): Promise<T> => {
    await requireSecondPerson(
      { danger: 'administrators', subject: user, lines: [`${user}: ${what}`] },
      signal,
    )
    const done = await work()
    // It is in the audit trail, whoever hears of it.
    const change = { user, what, by, at: clock.now() }
    await notifier.tell({ kind: 'administrators-changed', change }).catch(() => undefined)
    return done
  }
  const ifAdministrator = async <T>(name: string, what: string, work: () => Promise<T>): Promise<T> =>
    (await catalogue.users.named(name))?.role === 'administrator' ? guarded(name, what, work) : work()
  return {
    ...keep,
    add: (name, role, password) =>
      role === 'administrator'
        ? guarded(name, 'a new administrator', () => keep.add(name, role, password))
        : keep.add(name, role, password),
    invite: (name, role) =>
      role === 'administrator'
        ? guarded(name, 'invited to be an administrator', () => keep.invite(name, role))
        : keep.invite(name, role),
    setRole: (name, role) =>
      role === 'administrator'
        ? guarded(name, 'becomes an administrator', () => keep.setRole(name, role))
        : ifAdministrator(name, `no administrator any more, but ${role}`, () => keep.setRole(name, role)),
    disable: (name) => ifAdministrator(name, 'disabled', () => keep.disable(name)),
    enable: (name) => ifAdministrator(name, 'enabled', () => keep.enable(name)),
    reset: (name) => ifAdministrator(name, 'gets a new password', () => keep.reset(name)),
    remove: (name) => ifAdministrator(name, 'removed', () => keep.remove(name)),
  }
}
