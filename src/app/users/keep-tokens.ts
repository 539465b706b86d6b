import { RedomaError } from '../../core/errors.ts'
import { type Permission, roles } from '../../ports/access.ts'
import type { Pass, User } from '../../ports/user.ts'
import { type AuditedDeps, auditEntry } from '../audited.ts'
import { requireEntryName, usage } from '../entry-name.ts'
import { type IssuedPass, makePass } from './pass.ts'
import { requireStill } from './require-still.ts'

const dayMs = 24 * 60 * 60_000
export const mostTokenDays = 366

export interface TokenRequest {
  readonly name: string
  readonly permissions: readonly Permission[]
  readonly days: number
}

/** Tokens, by which programs ask in the name of a user. */
export interface KeepTokens {
  /**
   * @param user as whoever asks proved to be
   * @throws RedomaError `USAGE` for a permission that the user has not; `ALREADY_EXISTS`; `CHANGED_MEANWHILE`
   */
  create(user: User, request: TokenRequest): Promise<IssuedPass>
  of(user: User): Promise<Pass[]>
  /** @throws RedomaError `NOT_FOUND` */
  revoke(user: User, name: string): Promise<void>
}

export function makeKeepTokens(deps: AuditedDeps): KeepTokens {
  const { passes, users } = deps.catalogue
  const of = ({ id }: User): Promise<Pass[]> => passes.list('token', id)
  return {
    of,
    async create(user, { name, permissions, days }) {
      requireEntryName('token', name)
      if (days < 1 || days > mostTokenDays) throw usage(`a token lasts 1 to ${mostTokenDays} days`)
      const expiresAt = new Date(deps.clock.now().getTime() + days * dayMs)
      const detail = `${permissions.join(', ')}; until ${expiresAt.toISOString()}`
      const audited = auditEntry(deps, 'token.create', `${user.name}/${name}`, detail)
      const issued = makePass(deps, { kind: 'token', userId: user.id, name, permissions, expiresAt })
      await users.change(user.id, (now) => {
        requireStill(now, user)
        requireWithin(now, permissions)
        return { user: now, audited, passes: { adding: issued.pass } }
      })
      return issued
    },
    async revoke(user, name) {
      const token = (await of(user)).find((one) => one.name === name)
      const audited = auditEntry(deps, 'token.revoke', `${user.name}/${name}`, '')
      if (token === undefined || !(await passes.remove(token.id, audited)))
        throw new RedomaError('NOT_FOUND', `${user.name} has no token ${JSON.stringify(name)}`)
    },
  }
}

function requireWithin({ role }: User, permissions: readonly Permission[]): void {
  if (permissions.length === 0) throw usage('a token has one permission at least')
  const held: readonly Permission[] = roles[role]
  const beyond = permissions.filter((permission) => !held.includes(permission))
  if (beyond.length > 0) throw usage(`a token of ${role} cannot have ${beyond.join(', ')}`)
}
