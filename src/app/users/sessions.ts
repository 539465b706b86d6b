import type { Secret } from '../../core/secret.ts'
import type { Pass, User } from '../../ports/user.ts'
import { auditEntry } from '../audited.ts'
import { type IssuedPass, makePass, type PassDeps, passOf } from './pass.ts'
import type { OpenIdProof, ProveOpenId } from './prove-openid.ts'
import type { PasskeyProof, ProvePasskey } from './prove-passkey.ts'
import type { Proof, ProveUser } from './prove-user.ts'
import { requireStill } from './require-still.ts'
import { userActor } from './user-name.ts'

/** How long a session lasts, whatever its user does. */
export const sessionLastsMs = 12 * 60 * 60_000
/** How long one lasts in which nothing is asked. */
export const sessionIdleMs = 30 * 60_000
/** What is written down of its use need not be more exact. */
const seenEveryMs = 60_000

/** Who was let in, and by what. */
export interface Admitted {
  readonly user: User
  readonly pass: Pass
}

export interface Sessions {
  /**
   * Begins one, with an id and a secret that nobody had before.
   *
   * @param former what who signs in came with: that session ends
   * @throws RedomaError `NOT_SIGNED_IN`, `TOO_OFTEN`; `CHANGED_MEANWHILE` where the user was just disabled, or has another password
   */
  signIn(proof: Proof, agent: string, former: Secret | undefined): Promise<Admitted & IssuedPass>
  /** The same by a passkey alone, which had its user verified: by what they know, or are, and what they have. */
  signInByPasskey(
    proof: PasskeyProof,
    agent: string,
    former: Secret | undefined,
  ): Promise<Admitted & IssuedPass>
  /** The same by what the provider says. @throws RedomaError `NOT_SIGNED_IN`, `PROVIDER_FAILED`, `NOT_FOUND` where there is no provider */
  signInByOpenId(proof: OpenIdProof, agent: string): Promise<Admitted & IssuedPass>
  signOut(admitted: Admitted): Promise<void>
  /** Whose session or token it is, while it is good; it counts as used now. */
  find(kind: 'session' | 'token', secret: Secret): Promise<Admitted | undefined>
  /** The same of one that was found before, by its id; that is no use of it. */
  again(id: string): Promise<Admitted | undefined>
  of(user: User): Promise<Pass[]>
  /** One of the user's own. @returns whether it was there */
  end(user: User, id: string): Promise<boolean>
}

export interface Provers {
  readonly proveUser: ProveUser
  readonly provePasskey: ProvePasskey
  readonly proveOpenId: ProveOpenId
}

export function makeSessions(deps: PassDeps, provers: Provers): Sessions {
  const { proveUser, provePasskey, proveOpenId } = provers
  const { passes, users } = deps.catalogue
  const now = (): number => deps.clock.now().getTime()
  const ownerOf = async (pass: Pass): Promise<Admitted | undefined> => {
    if (pass.userId === undefined || pass.expiresAt.getTime() <= now()) return undefined
    // One of the future was used before the clock was set back: nobody knows how long ago.
    if (pass.kind === 'session' && Math.abs(now() - pass.seenAt.getTime()) > sessionIdleMs) {
      await passes.remove(pass.id)
      return undefined
    }
    const user = await users.byId(pass.userId)
    return user === undefined || user.isDisabled ? undefined : { user, pass }
  }
  const begin = async (
    user: User,
    address: string,
    agent: string,
    former: string | undefined,
  ): Promise<Admitted & IssuedPass> => {
    if (former !== undefined) await passes.remove(former)
    await passes.forgetExpired(deps.clock.now())
    const issued = makePass(deps, {
      ...{ kind: 'session', userId: user.id, name: agent.slice(0, 200), address },
      expiresAt: new Date(now() + sessionLastsMs),
    })
    const signedIn = await users.change(user.id, (known) => {
      requireStill(known, user)
      return { user: known, passes: { adding: issued.pass } }
    })
    return { ...issued, user: signedIn ?? user }
  }
  const idOf = async (secret: Secret | undefined): Promise<string | undefined> =>
    secret && (await passOf(deps, 'session', secret))?.id
  return {
    signIn: async (proof, agent, former) =>
      begin(await proveUser(proof, 'user.sign-in'), proof.address, agent, await idOf(former)),
    signInByPasskey: async (proof, agent, former) =>
      begin(await provePasskey(proof), proof.address, agent, await idOf(former)),
    async signInByOpenId(proof, agent) {
      const { user, former } = await proveOpenId(proof)
      return begin(user, proof.address, agent, former)
    },
    async signOut({ user, pass }) {
      const who = { ...deps, actor: userActor(user.name) }
      await passes.remove(pass.id, auditEntry(who, 'user.sign-out', user.name, pass.address))
    },
    async find(kind, secret) {
      const pass = await passOf(deps, kind, secret)
      const admitted = pass && (await ownerOf(pass))
      if (admitted === undefined) return undefined
      const sinceMs = now() - admitted.pass.seenAt.getTime()
      if (Math.abs(sinceMs) >= seenEveryMs) await passes.seen(admitted.pass.id, deps.clock.now())
      return admitted
    },
    async again(id) {
      const pass = await passes.get(id)
      return pass && (await ownerOf(pass))
    },
    of: async ({ id }) =>
      (await passes.list('session', id)).filter(
        ({ seenAt, expiresAt }) => expiresAt.getTime() > now() && now() - seenAt.getTime() <= sessionIdleMs,
      ),
    async end(user, id) {
      const pass = await passes.get(id)
      if (pass?.userId !== user.id || pass.kind !== 'session') return false
      const who = { ...deps, actor: userActor(user.name) }
      return passes.remove(id, auditEntry(who, 'user.end-session', user.name, pass.address))
    },
  }
}
