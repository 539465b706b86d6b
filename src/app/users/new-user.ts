import { randomUUID } from 'node:crypto'
import type { Role } from '../../ports/access.ts'
import type { Clock } from '../../ports/clock.ts'
import type { User } from '../../ports/user.ts'

/** One who cannot sign in yet. */
export function newUser({ clock }: { readonly clock: Clock }, name: string, role: Role): User {
  return {
    id: randomUUID(),
    name,
    role,
    createdAt: clock.now(),
    isDisabled: false,
    passkeys: [],
    failures: 0,
  }
}

export function unlocked(user: User): User {
  return { ...user, failures: 0, lockedUntil: undefined }
}
