import { RedomaError } from '../../core/errors.ts'
import type { User } from '../../ports/user.ts'

/** What a person reads in a list, in the audit trail and in an address. @throws RedomaError `USAGE` */
export function requirePasskeyName(name: string): void {
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u.test(name))
    throw new RedomaError(
      'USAGE',
      'the name of a passkey has letters, digits, spaces, . _ and -, begins with a letter or a digit, and is 60 long at most',
    )
}

/** @throws RedomaError `NOT_FOUND` */
export function withoutPasskey(user: User, name: string): User {
  const passkeys = user.passkeys.filter((one) => one.name !== name)
  if (passkeys.length < user.passkeys.length) return { ...user, passkeys }
  throw new RedomaError('NOT_FOUND', `${user.name} has no passkey ${JSON.stringify(name)}`, {
    hint: `What there is: redoma user passkeys ${user.name}`,
  })
}
