import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { ProvenIdentity } from '../../ports/identity-provider.ts'
import type { OpenId, Pass, User } from '../../ports/user.ts'
import { auditEntry } from '../audited.ts'
import { answeredChallenge } from './challenge.ts'
import { bindingOf, formerOf, type OpenIdDeps, purposeOf, requireProvider } from './openid-way.ts'
import { openIdWords } from './openid-words.ts'
import { userActor } from './user-name.ts'

export interface OpenIdProof {
  /** Where the browser was sent back to, with what the provider has added. */
  readonly answer: URL
  readonly redirectUri: string
  /** What the browser was given when it set out. */
  readonly browser: Secret | undefined
  /** Where it comes from. */
  readonly address: string
}

/**
 * Finds out who that is by what the provider says, and puts it into the audit trail. Nobody is made a user by it. A user who waits after wrong passwords may come
 * in, as by a passkey; a second factor of ours is not asked for: it is the provider's to have one.
 *
 * @returns the session that the browser had when it set out, too
 * @throws RedomaError `NOT_SIGNED_IN`, whatever was wrong; `PROVIDER_FAILED`; `NOT_FOUND` where there is no provider
 */
export type ProveOpenId = (
  proof: OpenIdProof,
) => Promise<{ readonly user: User; readonly former: string | undefined }>

/** Of what others wrote, in the audit trail. */
const mostOfName = 200

export function makeProveOpenId(deps: OpenIdDeps): ProveOpenId {
  const { catalogue, clock, openProvider } = deps
  const refuse = async (subject: string, address: string, why: string): Promise<never> => {
    const detail = `${address}, OpenID: ${why}`
    await catalogue.audit.append(
      auditEntry({ clock, actor: 'nobody' }, 'user.sign-in-failed', subject, detail),
    )
    throw wrong()
  }
  return async ({ answer, redirectUri, browser, address }) => {
    const settings = await requireProvider(deps)
    const state = answer.searchParams.get('state') ?? ''
    const adding = browser && answeredChallenge(deps, purposeOf(settings, redirectUri, browser), state)
    // Anybody can send this: nothing is written down of it, and the provider is not asked.
    if (browser === undefined || adding === undefined) throw notBegun()
    const provider = await openProvider(settings)
    const [identity, known] = await provider
      .identityBy(answer, bindingOf(deps, { redirectUri, state, browser }))
      .then(async (who) => [who, await whoIs(deps, who, settings.userClaim)] as const)
      .catch(async (error: unknown) => {
        if (!isRedomaError(error, 'NOT_SIGNED_IN')) throw error
        return refuse('openid', address, `not accepted (${error.message})`)
      })
    if (typeof known === 'string') return refuse('openid', address, known)
    const user = await enter(deps, known, { identity, adding, address })
    if (user === undefined)
      return refuse(known.name, address, 'disabled, without a password yet, or not bound any more')
    return { user, former: formerOf(browser) }
  }
}

/** @returns in words why it is nobody */
async function whoIs(
  { catalogue }: OpenIdDeps,
  identity: ProvenIdentity,
  claim: string,
): Promise<User | string> {
  const users = await catalogue.users.list()
  const { issuer, subject } = identity
  const bound = users.find(({ openId }) => openId?.kind === 'bound' && isSame(openId, identity))
  if (bound !== undefined) return bound
  const awaited = users.flatMap(({ openId, ...user }) =>
    openId?.kind === 'awaited' && openId.issuer === issuer && openId.claim === claim
      ? [{ user: { ...user, openId }, name: openId.name }]
      : [],
  )
  const name = awaited.length === 0 ? undefined : await identity.name()
  const found = awaited.find((one) => one.name === name)
  if (found !== undefined) return found.user
  const words = name === undefined ? '' : `, ${claim} ${cut(name)}`
  return `no user is bound to sub ${cut(subject)}${words}`
}

function isSame({ issuer, subject }: Extract<OpenId, { kind: 'bound' }>, identity: ProvenIdentity): boolean {
  return issuer === identity.issuer && subject === identity.subject
}

function cut(text: string): string {
  return JSON.stringify(text.slice(0, mostOfName))
}

interface Entering {
  readonly identity: ProvenIdentity
  readonly adding: Pass
  readonly address: string
}

/** Binds who comes for the first time, by the name that was awaited. @returns `undefined` where the user is none now who may come in so */
async function enter(
  { catalogue, clock }: OpenIdDeps,
  user: User,
  { identity, adding, address }: Entering,
): Promise<User | undefined> {
  const { issuer, subject } = identity
  const outcome = { isProven: false }
  const entered = await catalogue.users
    .change(user.id, (now, others) => {
      const { openId } = now
      // In the transaction: who was bound meanwhile is found by that, and not by the name.
      const isStill =
        openId?.kind === 'bound'
          ? isSame(openId, identity)
          : openId !== undefined &&
            user.openId?.kind === 'awaited' &&
            openIdWords(openId) === openIdWords(user.openId) &&
            !others.some((other) => other.openId?.kind === 'bound' && isSame(other.openId, identity))
      outcome.isProven = isStill && !now.isDisabled && now.passwordHash !== undefined
      if (!outcome.isProven) return { user: now }
      const detail = `${address}, OpenID ${cut(subject)} of ${issuer}${openId?.kind === 'awaited' ? ', bound to it now' : ''}`
      return {
        user: { ...now, openId: { kind: 'bound', issuer, subject }, signedInAt: clock.now() },
        audited: auditEntry({ clock, actor: userActor(now.name) }, 'user.sign-in', now.name, detail),
        passes: { adding },
      }
    })
    .catch((error: unknown) => {
      // This way was gone to its end before.
      if (isRedomaError(error, 'ALREADY_EXISTS')) throw notBegun()
      throw error
    })
  return outcome.isProven ? entered : undefined
}

function notBegun(): RedomaError {
  return new RedomaError('NOT_SIGNED_IN', 'this sign-in was not begun in this browser, or is over', {
    hint: 'Begin again, at /api/v1/session/openid: it is good once, for a quarter of an hour, in one browser.',
  })
}

function wrong(): RedomaError {
  return new RedomaError('NOT_SIGNED_IN', 'what the provider says lets nobody in here', {
    hint: 'An administrator says whom it stands for: redoma user openid NAME. Why it was refused is in the audit trail. There are passwords and passkeys.',
  })
}
