import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { hashPassword } from '../../crypto/argon2id.ts'
import { newTotpSecret, totpStepOf, totpUri } from '../../crypto/totp.ts'
import type { User, UserChange } from '../../ports/user.ts'
import { auditEntry } from '../audited.ts'
import { requireGoodPassword } from './good-password.ts'
import type { PassDeps } from './pass.ts'
import type { Proof, ProveUser } from './prove-user.ts'
import type { Admitted } from './sessions.ts'
import { userActor } from './user-name.ts'

type OwnProof = Omit<Proof, 'name'>

/** What a user does about the own ways in. Who only found a session open cannot: the password is asked for again. */
export interface OwnAccess {
  /** Ends all other sessions. @throws RedomaError `NOT_SIGNED_IN`, `PASSWORD_WEAK` */
  changePassword(admitted: Admitted, proof: OwnProof, password: Secret): Promise<void>
  /**
   * Makes a second factor, which counts when a code of it was typed.
   *
   * @throws RedomaError `NOT_SIGNED_IN`; `USAGE` where there is one
   */
  beginTotp(admitted: Admitted, proof: OwnProof): Promise<{ readonly secret: Secret; readonly uri: Secret }>
  /** @throws RedomaError `KEY_WRONG` for a wrong code; `USAGE` where none was begun */
  confirmTotp(admitted: Admitted, code: string): Promise<void>
  removeTotp(admitted: Admitted, proof: OwnProof): Promise<void>
}

export function makeOwnAccess(deps: PassDeps, proveUser: ProveUser): OwnAccess {
  const { users, passes, instance } = deps.catalogue
  const change = (
    { id, name }: User,
    action: string,
    decide: (user: User) => User,
    more: Pick<UserChange, 'ending'> = {},
  ) => {
    const audited = auditEntry({ ...deps, actor: userActor(name) }, `user.${action}`, name, '')
    return users.change(id, (user) => ({ ...more, user: decide(user), audited }))
  }
  return {
    async changePassword({ user, pass }, proof, password) {
      await proveUser({ ...proof, name: user.name }, 'user.prove')
      await requireGoodPassword(password, [user.name])
      const passwordHash = await hashPassword(password)
      await change(user, 'change-password', (now) => ({ ...now, passwordHash }), { ending: ['invitation'] })
      await passes.removeOf('session', user.id, pass.id)
    },
    async beginTotp({ user }, proof) {
      if (user.totp?.isConfirmed === true) throw isThere()
      await proveUser({ ...proof, name: user.name }, 'user.prove')
      const secret = newTotpSecret()
      await change(user, 'begin-totp', (now) => {
        if (now.totp?.isConfirmed === true) throw isThere()
        return { ...now, totp: { secret, isConfirmed: false, usedStep: 0 } }
      })
      return { secret, uri: totpUri(secret, `Redoma ${instance.name}`, user.name) }
    },
    async confirmTotp({ user, pass }, code) {
      await change(user, 'confirm-totp', (now) => {
        if (now.totp === undefined || now.totp.isConfirmed)
          throw new RedomaError('USAGE', 'no second factor was begun')
        const usedStep = totpStepOf(now.totp.secret, code, deps.clock.now())
        if (usedStep === undefined)
          throw new RedomaError('KEY_WRONG', 'this code is not of the key that was shown')
        return { ...now, totp: { ...now.totp, isConfirmed: true, usedStep } }
      })
      await passes.removeOf('session', user.id, pass.id)
    },
    async removeTotp({ user }, proof) {
      await proveUser({ ...proof, name: user.name }, 'user.prove')
      await change(user, 'remove-totp', (now) => ({ ...now, totp: undefined }))
    },
  }
}

function isThere(): RedomaError {
  return new RedomaError('USAGE', 'there is a second factor already', { hint: 'Remove it first.' })
}
