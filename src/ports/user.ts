import type { Secret } from '../core/secret.ts'
import type { Permission, Role } from './access.ts'
import type { AuditEntry } from './audit-entry.ts'

/** Somebody who may sign in at the API. */
export interface User {
  /** A UUID: of a name that was given away again, nothing of the one before is left. */
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly createdAt: Date
  readonly isDisabled: boolean
  /** As PHC strings have it, `$argon2id$…`; absent: an invitation was not taken up yet. */
  readonly passwordHash?: Secret | undefined
  /** The second factor, where there is one. */
  readonly totp?: Totp | undefined
  /** In the order in which they were made. Who has one has a password, too. */
  readonly passkeys: readonly Passkey[]
  /** At the OpenID provider; absent: what that says of anybody does not let them in as this user. It counts once the user has a password. */
  readonly openId?: OpenId | undefined
  /** Sign-ins in a row that failed. */
  readonly failures: number
  readonly lockedUntil?: Date | undefined
  readonly signedInAt?: Date | undefined
}

export interface Totp {
  /** In base32. */
  readonly secret: Secret
  /** It counts from when a code of it was typed; until then it was only shown. */
  readonly isConfirmed: boolean
  /** Number of the half minute whose code was used last: none is good twice. */
  readonly usedStep: number
}

/** The public side of a WebAuthn credential: with it a user signs in without a password. */
export interface Passkey {
  /** Of the credential, in base64url. */
  readonly id: string
  /** What its user calls it; no two of one user have the same. */
  readonly name: string
  /** The host name that it is for (RP ID): a browser offers it nowhere else. */
  readonly host: string
  /** As COSE has it, in base64url. */
  readonly publicKey: string
  /** How often it was used, as it says itself; many say 0 for ever. */
  readonly counter: number
  readonly createdAt: Date
  readonly usedAt?: Date | undefined
}

/**
 * Whom the provider has to name. One who is `awaited` is known by a name there, which can be given away again; the first who comes with it is bound by what is nobody
 * else's, ever (OpenID Connect Core, 5.7).
 */
export type OpenId =
  | { readonly kind: 'awaited'; readonly issuer: string; readonly claim: string; readonly name: string }
  | { readonly kind: 'bound'; readonly issuer: string; readonly subject: string }

/** What becomes of a user. */
export interface UserChange {
  /** Absent: gone, with all passes. */
  readonly user?: User | undefined
  readonly audited?: AuditEntry | undefined
  /** Whose passes end with it, in the same transaction. */
  readonly ending?: readonly PassKind[] | undefined
  /** The id of the one of those that stays. */
  readonly keeping?: string | undefined
  readonly passes?: PassChange | undefined
}

/** What becomes of passes, in the transaction of what is done about their user. */
export interface PassChange {
  /** The id of one that is used up by it: where it is gone, nothing is done. */
  readonly taking?: string | undefined
  readonly adding?: Pass | undefined
}

export interface UserStore {
  /** By name. */
  list(): Promise<User[]>
  named(name: string): Promise<User | undefined>
  byId(id: string): Promise<User | undefined>
  /** @throws RedomaError `ALREADY_EXISTS`; `NOT_FOUND` for a pass to take that is gone */
  add(user: User, audited: AuditEntry, passes?: PassChange): Promise<void>
  /**
   * The one that all others are managed by, with an invitation that is used up; no other invitation for a first administrator is good from then on.
   *
   * @throws RedomaError `CHANGED_MEANWHILE` where there is a user by now; `NOT_FOUND` for an invitation that is gone
   */
  addFirst(user: User, audited: AuditEntry, invitation: string): Promise<void>
  /**
   * Decides on what the user is now, and does it, in one transaction.
   *
   * @param decide nothing but a decision: it may be asked twice
   * @throws RedomaError `NOT_FOUND`, also for a pass to take that is gone; `ALREADY_EXISTS` for a token of a name that another has; what `decide` throws
   */
  change(id: string, decide: (user: User, others: readonly User[]) => UserChange): Promise<User | undefined>
}

/** A `challenge` is one of a passkey, or of a sign-in by OpenID, that was answered, remembered until it is too old to be answered again. */
export const passKinds = ['session', 'token', 'invitation', 'challenge'] as const

export type PassKind = (typeof passKinds)[number]

/** What was handed out to somebody as a secret, and shows who it is who comes with it. Its mark is remembered, and never the secret. */
export interface Pass {
  /** A UUID. */
  readonly id: string
  readonly kind: PassKind
  /** Absent: an invitation for who will be the first administrator. */
  readonly userId?: string | undefined
  /** Of a token: what people call it. Of a session: the program that signed in, in its own words. */
  readonly name: string
  /** Of a token: what it may do, as far as its user may. */
  readonly permissions: readonly Permission[]
  /** Where a session was begun from. */
  readonly address: string
  readonly createdAt: Date
  readonly seenAt: Date
  readonly expiresAt: Date
  /** Of the secret and of all that it is good for, so that nobody who only writes to the catalogue makes one, or makes more of one. */
  readonly mark: string
}

export interface PassStore {
  add(pass: Pass, audited?: AuditEntry): Promise<void>
  get(id: string): Promise<Pass | undefined>
  /** The newest first; of all users where none is named. */
  list(kind: PassKind, userId?: string): Promise<Pass[]>
  seen(id: string, at: Date): Promise<void>
  /** @returns whether it was there: of two who take one, one gets it */
  remove(id: string, audited?: AuditEntry): Promise<boolean>
  /** All of a user, or for nobody yet, but the one that is excepted. */
  removeOf(kind: PassKind, userId: string | undefined, exceptId?: string): Promise<void>
  forgetExpired(now: Date): Promise<void>
}
