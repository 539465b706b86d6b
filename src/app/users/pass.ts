import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { canonicalJson } from '../../core/canonical-json.ts'
import { Secret } from '../../core/secret.ts'
import type { AuditEntry } from '../../ports/audit-entry.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Pass, PassKind } from '../../ports/user.ts'

export interface PassDeps {
  readonly catalogue: Catalogue
  readonly clock: Clock
}

/** A pass, and the only time that its secret is to be had. */
export interface IssuedPass {
  readonly pass: Pass
  readonly secret: Secret
}

type Wanted = Pick<Pass, 'userId' | 'expiresAt'> & { readonly kind: SecretKind } & Partial<
    Pick<Pass, 'name' | 'permissions' | 'address'>
  >

/** Of those that are handed out as a secret. */
type SecretKind = Exclude<PassKind, 'challenge'>

/** `rdmt_` and the like, so that programs that look for secrets in files find these. */
const letters: Readonly<Record<SecretKind, string>> = { session: 's', token: 't', invitation: 'i' }

export async function issuePass(deps: PassDeps, wanted: Wanted, audited?: AuditEntry): Promise<IssuedPass> {
  const issued = makePass(deps, wanted)
  await deps.catalogue.passes.add(issued.pass, audited)
  return issued
}

/** One that is good for something once it is in the catalogue. */
export function makePass(
  { catalogue, clock }: PassDeps,
  { name = '', permissions = [], address = '', ...rest }: Wanted,
): IssuedPass {
  const now = clock.now()
  const unmarked = {
    ...{ ...rest, name, permissions, address, id: randomUUID(), createdAt: now, seenAt: now },
  }
  const random = randomBytes(32).toString('base64url')
  const pass = { ...unmarked, mark: markOf(catalogue, unmarked, random) }
  const secret = `rdm${letters[rest.kind]}_${pass.id.replaceAll('-', '')}_${random}`
  return { pass, secret: new Secret(secret) }
}

/** The pass that a text is the secret of, while it is good; `undefined` for whatever else. */
export async function passOf(
  { catalogue, clock }: PassDeps,
  kind: SecretKind,
  text: Secret,
): Promise<Pass | undefined> {
  const [, letter, digits = '', random = ''] =
    /^rdm([a-z])_([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/.exec(text.reveal()) ?? []
  if (letter !== letters[kind]) return undefined
  const pass = await catalogue.passes.get(digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'))
  if (pass?.kind !== kind || pass.expiresAt <= clock.now()) return undefined
  const expected = Buffer.from(markOf(catalogue, pass, random))
  const found = Buffer.from(pass.mark)
  return expected.length === found.length && timingSafeEqual(expected, found) ? pass : undefined
}

/** Of all that it is good for, so that nobody makes more of it who writes to the catalogue past Redoma. */
function markOf({ passMac }: Catalogue, pass: Omit<Pass, 'mark'>, random: string): string {
  const { id, kind, userId, permissions, createdAt, expiresAt } = pass
  const until = [createdAt.toISOString(), expiresAt.toISOString()]
  return passMac(canonicalJson([kind, id, userId ?? null, [...permissions], ...until, random]))
}
