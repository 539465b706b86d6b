import { canonicalJson } from '../../core/canonical-json.ts'
import { RedomaError } from '../../core/errors.ts'
import type { User } from '../../ports/user.ts'

/**
 * Who proved to be a user a moment ago is it no more once the user was disabled, has another password, has lost a passkey, or is somebody else at the provider: for what is decided in the
 * transaction that does it, since a password takes long to hash.
 *
 * @throws RedomaError `CHANGED_MEANWHILE`
 */
export function requireStill(now: User, before: User): void {
  const [hash, former] = [now.passwordHash, before.passwordHash]
  const isSame = hash === undefined || former === undefined ? hash === former : hash.equals(former)
  const hasAll = before.passkeys.every(({ id }) => now.passkeys.some((one) => one.id === id))
  const isSameThere = canonicalJson(now.openId ?? null) === canonicalJson(before.openId ?? null)
  if (isSame && hasAll && isSameThere && now.isDisabled === before.isDisabled) return
  throw new RedomaError('CHANGED_MEANWHILE', `the user ${now.name} was changed meanwhile`, {
    hint: 'Sign in again, and do it again.',
  })
}
