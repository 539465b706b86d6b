import { findSlips } from '../../bundle/ceremony/find-slips.ts'
import { generateMasterPassword } from '../../bundle/ceremony/generate-password.ts'
import { makeKey, type NewKey } from '../../bundle/ceremony/make-key.ts'
import { type OpenerHash, recoveryCard } from '../../bundle/ceremony/recovery-card.ts'
import {
  checkValueOf,
  type RecoveryKey,
  recoveryKeyJson,
  recoveryKeyName,
} from '../../bundle/ceremony/recovery-key.ts'
import { rehearseOpening, rehearseQuorum } from '../../bundle/ceremony/rehearse.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { portablePrimitives } from '../../crypto/portable.ts'
import { parseShare } from '../../crypto/slip39/parse-share.ts'
import type { Calls, CeremonyOutcome } from '../protocol.ts'

type CeremonyCalls = Pick<
  Calls,
  'prepareCeremony' | 'masterPassword' | 'provePassword' | 'cardWords' | 'proveCard' | 'finishCeremony'
>

interface Held {
  readonly made: NewKey
  readonly password: Secret | undefined
  isPasswordProven: boolean
  /** Numbers of the cards that came back. */
  readonly proven: Set<number>
}

/** Replaced by the build: `undefined`, and something smaller in a page for tests. */
declare const SCRYPT_LOG_N: number | undefined

/** A ceremony in the memory of this worker: to stop it is to end the worker. */
export function makeCeremonyCalls(): CeremonyCalls {
  let held: Held | undefined
  const current = (): Held => held ?? refuse('no ceremony is held')
  const shareOf = (number: number) =>
    current().made.shares.find((share) => share.number === number) ?? refuse(`there is no card ${number}`)

  return {
    async prepareCeremony({ passwordWords, ...wish }) {
      const password = passwordWords === undefined ? undefined : await generateMasterPassword(passwordWords)
      const made = await makeKey({ ...wish, password, scryptLogN: SCRYPT_LOG_N })
      await rehearse(made, password)
      held = { made, password, isPasswordProven: false, proven: new Set() }
      const { instanceName, fingerprint, heldAt, quorum } = made.key
      return { instanceName, fingerprint, heldAt, shares: quorum?.shares }
    },
    masterPassword: async () => (current().password ?? refuse('there is no password')).reveal(),
    async provePassword(typed) {
      const { password } = current()
      const slips = findSlips(typed, (password ?? refuse('there is no password')).reveal())
      current().isPasswordProven ||= slips === undefined
      return slips
    },
    cardWords: async (number) => shareOf(number).words.reveal(),
    async proveCard(number, words) {
      const isRight = parseShare(words).words.equals(shareOf(number).words)
      if (isRight) current().proven.add(number)
      return isRight
    },
    async finishCeremony(openers) {
      const { made, password, isPasswordProven, proven } = current()
      const isWhole = made.shares.every(({ number }) => proven.has(number))
      if (!isWhole || (password !== undefined && !isPasswordProven)) refuse('not all of it was typed back')
      held = undefined
      return outcomeOf(made.key, openers)
    },
  }
}

/** The way that people go in an emergency, before anything is handed out. */
async function rehearse({ key, shares }: NewKey, password: Secret | undefined): Promise<void> {
  const { passwordFile, quorum, recipient } = key
  const primitives = portablePrimitives()
  if (passwordFile && password) await rehearseOpening(passwordFile, password, recipient, primitives)
  if (quorum === undefined) return
  const parsed = shares.map(({ words }) => parseShare(words.reveal()))
  await rehearseQuorum(quorum.identityFile, parsed, recipient, primitives)
}

function outcomeOf(key: RecoveryKey, openers: readonly OpenerHash[]): CeremonyOutcome {
  const files = [
    [recoveryKeyName, recoveryKeyJson(key)],
    ['recovery-card.txt', recoveryCard(key, {}, openers)],
    ['identity.password.age', key.passwordFile],
    ['identity.quorum.age', key.quorum?.identityFile],
  ] as const
  return {
    fingerprint: key.fingerprint,
    checkValue: checkValueOf(key),
    files: files.flatMap(([name, content]) =>
      content === undefined
        ? []
        : [{ name, content: new Blob([typeof content === 'string' ? content : content.slice()]) }],
    ),
  }
}

function refuse(why: string): never {
  throw new RedomaError('INTERNAL', why)
}
