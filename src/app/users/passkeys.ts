import { isRedomaError, RedomaError } from '../../core/errors.ts'
import {
  askForNewPasskey,
  askForPasskey,
  type NewPasskeyAnswer,
  type NewPasskeyOptions,
  type PasskeyOptions,
  type RelyingParty,
  readNewPasskey,
} from '../../crypto/passkey.ts'
import type { Pass, Passkey, User } from '../../ports/user.ts'
import { auditEntry } from '../audited.ts'
import { answeredChallenge, type ChallengeFor, makeChallenge } from './challenge.ts'
import type { OwnAccess, OwnProof } from './own-access.ts'
import type { PassDeps } from './pass.ts'
import { requirePasskeyName, withoutPasskey } from './passkey-name.ts'
import { requireStill } from './require-still.ts'
import type { Admitted } from './sessions.ts'
import { userActor } from './user-name.ts'

export type { NewPasskeyAnswer, PasskeyAnswer, RelyingParty } from '../../crypto/passkey.ts'

/** Keys for the desk, the pocket and the safe, and to spare. */
const mostPasskeys = 20

export interface Passkeys {
  /** What a browser is asked so that somebody signs in, whoever it will be. */
  askForSignIn(party: RelyingParty): Promise<PasskeyOptions>
  /** What a browser is asked so that it makes one for the user. @throws RedomaError `NOT_SIGNED_IN`, `TOO_OFTEN`; `USAGE` for one too many */
  begin(admitted: Admitted, proof: OwnProof, party: RelyingParty): Promise<NewPasskeyOptions>
  /**
   * Takes what the browser has made; in the session that has begun it.
   *
   * @throws RedomaError `KEY_WRONG` where it is not what was asked for; `ALREADY_EXISTS` for a name or a passkey that is there; `USAGE`
   */
  add(admitted: Admitted, party: RelyingParty, name: string, answer: NewPasskeyAnswer): Promise<Passkey>
  /** Ends all other sessions. @throws RedomaError `NOT_SIGNED_IN`, `TOO_OFTEN`, `NOT_FOUND` */
  remove(admitted: Admitted, proof: OwnProof, name: string): Promise<void>
}

export function makePasskeys(deps: PassDeps, { prove }: Pick<OwnAccess, 'prove'>): Passkeys {
  const { users, instance } = deps.catalogue
  const audited = ({ name }: User, action: string, detail: string) =>
    auditEntry({ ...deps, actor: userActor(name) }, `user.${action}`, name, detail)
  const purpose = ({ pass }: Admitted, { host }: RelyingParty): ChallengeFor => ['add', host, pass.id]
  return {
    askForSignIn: async (party) => askForPasskey(party, makeChallenge(deps, ['sign-in', party.host])),
    async begin(admitted, proof, party) {
      const { id, name, passkeys } = await prove(admitted, proof)
      requireRoom(passkeys)
      const known = passkeys.filter(({ host }) => host === party.host).map((one) => one.id)
      const challenge = makeChallenge(deps, purpose(admitted, party))
      return askForNewPasskey(party, { id, name, instance: instance.name }, challenge, known)
    },
    async add(admitted, party, name, answer) {
      requirePasskeyName(name)
      let challenge: Pass | undefined
      const isChallenge = (text: string): boolean => {
        challenge = answeredChallenge(deps, purpose(admitted, party), text)
        return challenge !== undefined
      }
      const made = await readNewPasskey(answer, { party, isChallenge })
      if (made === undefined || challenge === undefined) throw notMade()
      const passkey = { ...made, name, host: party.host, createdAt: deps.clock.now() }
      const adding = challenge
      const { user } = admitted
      let isNew = false
      await users
        .change(user.id, (now, others) => {
          isNew = false
          requireStill(now, user)
          requireRoom(now.passkeys)
          requireNew(passkey, now, others)
          isNew = true
          return {
            user: { ...now, passkeys: [...now.passkeys, passkey] },
            audited: audited(user, 'add-passkey', `${name}, for ${party.host}`),
            passes: { adding },
          }
        })
        .catch((error: unknown) => {
          // Then it is the challenge that was there: it has been answered before.
          if (isNew && isRedomaError(error, 'ALREADY_EXISTS')) throw notMade()
          throw error
        })
      return passkey
    },
    async remove(admitted, proof, name) {
      const proven = await prove(admitted, proof)
      await users.change(proven.id, (now) => {
        requireStill(now, proven)
        return {
          user: withoutPasskey(now, name),
          audited: audited(now, 'remove-passkey', name),
          ending: ['session'],
          keeping: admitted.pass.id,
        }
      })
    },
  }
}

function requireRoom(passkeys: readonly Passkey[]): void {
  if (passkeys.length >= mostPasskeys)
    throw new RedomaError('USAGE', `a user has ${mostPasskeys} passkeys at most`, {
      hint: 'Remove one first.',
    })
}

function requireNew({ id, name }: Passkey, user: User, others: readonly User[]): void {
  const isTaken = [user, ...others].some(({ passkeys }) => passkeys.some((one) => one.id === id))
  if (isTaken) throw new RedomaError('ALREADY_EXISTS', 'this passkey is known already')
  if (user.passkeys.some((one) => one.name === name))
    throw new RedomaError('ALREADY_EXISTS', `there is a passkey ${JSON.stringify(name)} already`, {
      hint: 'Take another name.',
    })
}

function notMade(): RedomaError {
  return new RedomaError('KEY_WRONG', 'this is not the passkey that was asked for', {
    hint: 'It is made once for each question, within five minutes, on a page of this instance, with a PIN or a finger. Begin again.',
  })
}
