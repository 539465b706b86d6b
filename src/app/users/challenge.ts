import { randomUUID, timingSafeEqual } from 'node:crypto'
import { canonicalJson } from '../../core/canonical-json.ts'
import type { Pass } from '../../ports/user.ts'
import type { PassDeps } from './pass.ts'

/** As long as the browser is told that its user may take, and the way; at a provider there may be another factor, and a password that has run out. */
const lastsMs = { 'sign-in': 6 * 60_000, add: 6 * 60_000, openid: 15 * 60_000 } as const

/** How long who was sent to a provider may take there, in seconds. */
export const openIdLastsSeconds = lastsMs.openid / 1000

/**
 * What a challenge is good for, and for nothing else: signing in at a host name by a passkey, a new passkey of one user there, asked for in one
 * session, or the way of one browser to a provider and back.
 */
export type ChallengeFor =
  | readonly ['sign-in', host: string]
  | readonly ['add', host: string, session: string]
  | readonly ['openid', issuer: string, redirectUri: string, browser: string]

/**
 * A challenge that any node of the instance knows again. Nothing of it is kept, so that nobody fills the catalogue who only asks for
 * challenges: it says itself until when it is good (UUID, six bytes of milliseconds, HMAC-SHA-256 of both and of what it is for).
 */
export function makeChallenge(deps: PassDeps, purpose: ChallengeFor): Uint8Array<ArrayBuffer> {
  const id = Buffer.from(randomUUID().replaceAll('-', ''), 'hex')
  const until = Buffer.alloc(6)
  until.writeUIntBE(deps.clock.now().getTime() + lastsMs[purpose[0]], 0, 6)
  return new Uint8Array([...id, ...until, ...macOf(deps, purpose, id, until)])
}

/** What remembers that a challenge was answered, until it is too old; `undefined` for one that is not of us, for another purpose or too old. */
export function answeredChallenge(deps: PassDeps, purpose: ChallengeFor, text: string): Pass | undefined {
  const bytes = Buffer.from(text, 'base64url')
  const [id, until, mac] = [bytes.subarray(0, 16), bytes.subarray(16, 22), bytes.subarray(22)]
  if (mac.length !== 32 || !timingSafeEqual(mac, macOf(deps, purpose, id, until))) return undefined
  const now = deps.clock.now()
  const expiresAt = new Date(until.readUIntBE(0, 6))
  const leftMs = expiresAt.getTime() - now.getTime()
  // One that would be good for longer was made before the clock was set back.
  if (leftMs <= 0 || leftMs > lastsMs[purpose[0]]) return undefined
  return {
    id: id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    ...{ kind: 'challenge', name: '', permissions: [], address: '', mark: '' },
    ...{ createdAt: now, seenAt: now, expiresAt },
  }
}

function macOf({ catalogue }: PassDeps, purpose: ChallengeFor, id: Uint8Array, until: Uint8Array): Buffer {
  const said = [...purpose, Buffer.from(id).toString('hex'), Buffer.from(until).toString('hex')]
  return Buffer.from(catalogue.passMac(canonicalJson(['challenge', ...said])), 'hex')
}
