import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { hashPassword } from '../../crypto/argon2id.ts'
import { newTotpSecret, totpStepOf, totpUri } from '../../crypto/totp.ts'
import type { Pass, User, UserChange } from '../../ports/user.ts'
import { auditEntry } from '../audited.ts'
import { requireGoodPassword } from './good-password.ts'
import type { PassDeps } from './pass.ts'
import type { Proof, ProveUser } from './prove-user.ts'
import { requireStill } from './require-still.ts'
import type { Admitted } from './sessions.ts'
import { userActor } from './user-name.ts'

export type OwnProof = Omit<Proof, 'name'>

/** What a user does about the own ways in. Who only found a session open cannot: the password is asked for again. */
export interface OwnAccess {
  /** That it is the user and nobody who found a session open. @throws RedomaError `NOT_SIGNED_IN`, `TOO_OFTEN` */
  prove(admitted: Admitted, proof: OwnProof): Promise<User>
  /** Ends all other sessions, and all tokens. @throws RedomaError `NOT_SIGNED_IN`, `PASSWORD_WEAK`, `CHANGED_MEANWHILE` */
  changePassword(admitted: Admitted, proof: OwnProof, password: Secret): Promise<void>
  /**
   * Makes a second factor, which counts when a code of it was typed.
   *
   * @throws RedomaError `NOT_SIGNED_IN`; `USAGE` where there is one
   */
  beginTotp(admitted: Admitted, proof: OwnProof): Promise<{ readonly secret: Secret; readonly uri: Secret }>
  /** Ends all other sessions, and all tokens. @throws RedomaError `KEY_WRONG` for a wrong code; `USAGE` where none was begun */
  confirmTotp(admitted: Admitted, code: string): Promise<void>
  removeTotp(admitted: Admitted, proof: OwnProof): Promise<void>
}

export function makeOwnAccess(deps: PassDeps, proveUser: ProveUser): OwnAccess {
  const { users, instance } = deps.catalogue
  const change = (
    { id, name }: User,
    action: string,
    decide: (user: User) => User,
    more: Pick<UserChange, 'ending' | 'keeping'> = {},
  ) => {
    const audited = auditEntry({ ...deps, actor: userActor(name) }, `user.${action}`, name, '')
    return users.change(id, (user) => ({ ...more, user: decide(user), audited }))
  }
  const prove: OwnAccess['prove'] = ({ user: { name } }, proof) => proveUser({ ...proof, name }, 'user.prove')
  const others = ({ id }: Pass): Pick<UserChange, 'ending' | 'keeping'> => ({
    ending: ['session', 'token', 'invitation'],
    keeping: id,
  })
  return {
    prove,
    async changePassword(admitted, proof, password) {
      const { user, pass } = admitted
      const proven = await prove(admitted, proof)
      await requireGoodPassword(password, [user.name])
      const passwordHash = await hashPassword(password)
      const decide = (now: User): User => {
        requireStill(now, proven)
        return { ...now, passwordHash }
      }
      await change(user, 'change-password', decide, others(pass))
    },
    async beginTotp(admitted, proof) {
      const { user } = admitted
      if (user.totp?.isConfirmed === true) throw isThere()
      const proven = await prove(admitted, proof)
      const secret = newTotpSecret()
      await change(user, 'begin-totp', (now) => {
        requireStill(now, proven)
        if (now.totp?.isConfirmed === true) throw isThere()
        return { ...now, totp: { secret, isConfirmed: false, usedStep: 0 } }
      })
      return { secret, uri: totpUri(secret, `Redoma ${instance.name}`, user.name) }
    },
    async confirmTotp({ user, pass }, code) {
      const decide = (now: User): User => {
        if (now.totp === undefined || now.totp.isConfirmed)
          throw new RedomaError('USAGE', 'no second factor was begun')
        const usedStep = totpStepOf(now.totp.secret, code, deps.clock.now())
        if (usedStep === undefined)
          throw new RedomaError('KEY_WRONG', 'this code is not of the key that was shown')
        return { ...now, totp: { ...now.totp, isConfirmed: true, usedStep } }
      }
      await change(user, 'confirm-totp', decide, others(pass))
    },
    async removeTotp(admitted, proof) {
      const proven = await prove(admitted, proof)
      await change(admitted.user, 'remove-totp', (now) => {
        requireStill(now, proven)
        return { ...now, totp: undefined }
      })
    },
  }
}

function isThere(): RedomaError {
  return new RedomaError('USAGE', 'there is a second factor already', { hint: 'Remove it first.' })
}
