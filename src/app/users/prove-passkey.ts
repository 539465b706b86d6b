import { isRedomaError, RedomaError } from '../../core/errors.ts'
import { counterOfAnswer, type PasskeyAnswer, type RelyingParty, userIdOf } from '../../crypto/passkey.ts'
import type { Pass, Passkey, User } from '../../ports/user.ts'
import { auditEntry } from '../audited.ts'
import { answeredChallenge } from './challenge.ts'
import type { PassDeps } from './pass.ts'
import { userActor } from './user-name.ts'

export interface PasskeyProof {
  readonly answer: PasskeyAnswer
  readonly party: RelyingParty
  /** Where it comes from. */
  readonly address: string
}

/**
 * Finds out whose passkey it is, and puts it into the audit trail. A user who waits after wrong passwords may come in by a passkey: nobody guesses a
 * signature, and who knows a name alone cannot keep its user out.
 *
 * @throws RedomaError `NOT_SIGNED_IN`, whatever was wrong
 */
export type ProvePasskey = (proof: PasskeyProof) => Promise<User>

export function makeProvePasskey(deps: PassDeps): ProvePasskey {
  const { catalogue, clock } = deps
  return async ({ answer, party, address }) => {
    const userId = userIdOf(answer.response.userHandle)
    const user = userId === undefined ? undefined : await catalogue.users.byId(userId)
    const passkey = user?.passkeys.find(({ id }) => id === answer.id)
    if (user === undefined || passkey === undefined) throw wrong()
    const failed = (why: string) =>
      auditEntry(
        { clock, actor: 'nobody' },
        'user.sign-in-failed',
        user.name,
        `${address}, passkey ${passkey.name}: ${why}`,
      )
    let challenge: Pass | undefined
    const isChallenge = (text: string): boolean => {
      challenge = answeredChallenge(deps, ['sign-in', party.host], text)
      return challenge !== undefined
    }
    const counter = await counterOfAnswer(answer, passkey.publicKey, { party, isChallenge })
    if (counter === undefined || challenge === undefined) {
      await catalogue.audit.append(failed('not accepted'))
      throw wrong()
    }
    const outcome = { isProven: false }
    const adding = challenge
    const proven = await catalogue.users
      .change(user.id, (now) => {
        outcome.isProven = false
        const known = now.passkeys.find(
          ({ id, publicKey }) => id === passkey.id && publicKey === passkey.publicKey,
        )
        if (now.isDisabled || known === undefined) return { user: now }
        if (wentBack(known, counter))
          return {
            user: now,
            audited: failed(`its counter is ${counter} after ${known.counter}: there may be a copy of it`),
          }
        outcome.isProven = true
        const used = { ...known, counter, usedAt: clock.now() }
        const passkeys = now.passkeys.map((one) => (one === known ? used : one))
        const audited = auditEntry(
          { clock, actor: userActor(now.name) },
          'user.sign-in',
          now.name,
          `${address}, passkey ${known.name}`,
        )
        return { user: { ...now, passkeys, signedInAt: clock.now() }, audited, passes: { adding } }
      })
      .catch((error: unknown) => {
        // Somebody has answered this challenge before.
        if (isRedomaError(error, 'ALREADY_EXISTS')) throw wrong()
        throw error
      })
    if (!outcome.isProven || proven === undefined) throw wrong()
    return proven
  }
}

/** WebAuthn level 3, 6.1.1: where a counter is kept at all, each use has a greater one. */
function wentBack({ counter: before }: Passkey, now: number): boolean {
  return (before > 0 || now > 0) && now <= before
}

function wrong(): RedomaError {
  return new RedomaError('NOT_SIGNED_IN', 'this passkey is not accepted', {
    hint: 'It is good for the name of the instance under which it was made, until it is removed. Sign in with the password.',
  })
}
