import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { hashPassword, isPasswordOf } from '../../crypto/argon2id.ts'
import { totpStepOf } from '../../crypto/totp.ts'
import type { Notifier } from '../../ports/notifier.ts'
import type { User } from '../../ports/user.ts'
import { auditEntry } from '../audited.ts'
import { fewAtOnce } from './few-at-once.ts'
import type { PassDeps } from './pass.ts'
import { userActor } from './user-name.ts'

export interface Proof {
  readonly name: string
  readonly password: Secret
  /** Of the second factor, where the user has one. */
  readonly code?: string | undefined
  /** Where it comes from. */
  readonly address: string
}

/**
 * Finds out whether it is the user, by password and second factor, and puts it into the audit trail. Whether the name, the password or the
 * code was wrong, or the user is locked, is not told, and a password is hashed in any case.
 *
 * @param action in the audit trail, where it is the user
 * @throws RedomaError `NOT_SIGNED_IN`; `TOO_OFTEN` when too many try at once
 */
export type ProveUser = (proof: Proof, action: string) => Promise<User>

/** Wrong passwords in a row that cost no wait. */
const freeFailures = 5
const firstLockMs = 30_000
const longestLockMs = 60 * 60_000

export function makeProveUser(deps: PassDeps & { readonly notifier: Notifier }): ProveUser {
  const { catalogue, clock, notifier } = deps
  // 64 MiB each.
  const inTurn = fewAtOnce(2, 16)
  return async ({ name, password, code, address }, action) => {
    const known = await catalogue.users.named(name)
    const hash = known?.passwordHash
    // Where there is nothing to compare with, it takes as long as if there were.
    const isRight = await inTurn(async () => {
      if (hash !== undefined) return isPasswordOf(hash, password)
      await hashPassword(password)
      return false
    })
    if (known === undefined) throw wrong()
    const outcome: { isProven: boolean; lockedUntil?: Date | undefined } = { isProven: false }
    const user = await catalogue.users.change(known.id, (now) => {
      outcome.isProven = false
      outcome.lockedUntil = undefined
      if (now.isDisabled || now.passwordHash === undefined || isLocked(now, clock.now())) return { user: now }
      const step = stepOf(now, code, clock.now())
      if (isRight && hash !== undefined && now.passwordHash.equals(hash) && step !== undefined) {
        outcome.isProven = true
        const audited = auditEntry({ clock, actor: userActor(name) }, action, name, address)
        const proven = succeeded(now, step)
        return { user: action === 'user.sign-in' ? { ...proven, signedInAt: clock.now() } : proven, audited }
      }
      const failed = failedOnce(now, clock.now())
      outcome.lockedUntil = failed.lockedUntil
      const lock =
        failed.lockedUntil === undefined ? '' : `, locked until ${failed.lockedUntil.toISOString()}`
      const audited = auditEntry({ clock, actor: 'nobody' }, `${action}-failed`, name, `${address}${lock}`)
      return { user: failed, audited }
    })
    if (outcome.isProven && user !== undefined) return user
    const until = outcome.lockedUntil
    // Once, however long somebody goes on. It is in the audit trail, whoever hears of it.
    if (until !== undefined && user?.failures === freeFailures)
      await notifier
        .tell({ kind: 'user-locked', lock: { user: name, address, failures: user.failures, until } })
        .catch(() => undefined)
    throw wrong()
  }
}

/** One that seems to last longer than there are: the clock was ahead when it was set. */
function isLocked({ lockedUntil }: User, now: Date): boolean {
  const leftMs = (lockedUntil?.getTime() ?? 0) - now.getTime()
  return leftMs > 0 && leftMs <= longestLockMs
}

/** @returns `undefined` where the second factor is wrong, or was used; 0 where there is none */
function stepOf({ totp }: User, code: string | undefined, now: Date): number | undefined {
  if (totp?.isConfirmed !== true) return 0
  const step = code === undefined ? undefined : totpStepOf(totp.secret, code, now)
  return step !== undefined && step > totp.usedStep ? step : undefined
}

function succeeded(user: User, step: number): User {
  const totp = user.totp?.isConfirmed === true ? { ...user.totp, usedStep: step } : user.totp
  return { ...user, totp, failures: 0, lockedUntil: undefined }
}

function failedOnce(user: User, now: Date): User {
  const failures = user.failures + 1
  if (failures < freeFailures) return { ...user, failures }
  const lockMs = Math.min(longestLockMs, firstLockMs * 2 ** Math.min(20, failures - freeFailures))
  return { ...user, failures, lockedUntil: new Date(now.getTime() + lockMs) }
}

function wrong(): RedomaError {
  return new RedomaError('NOT_SIGNED_IN', 'the name, the password or the code is wrong', {
    hint: `After ${freeFailures} failures in a row a user waits, longer each time, also with the right password. An administrator ends that: redoma user unlock NAME`,
  })
}
