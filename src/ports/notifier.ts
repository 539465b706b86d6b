import type { Approval } from './approval.ts'
import type { DestinationChange } from './destination-state.ts'
import type { Opening } from './opening.ts'

/** What people are told of. */
export type News =
  | { readonly kind: 'destination-changed'; readonly change: DestinationChange }
  /** From now on everything is sealed to another recovery key: done by an intruder, it would open all that comes. */
  | { readonly kind: 'recipient-changed'; readonly change: RecipientChange }
  /** Somebody opened a bundle for real: what was in it wants new values. */
  | { readonly kind: 'glass-opened'; readonly opening: Opening }
  /** There is no new bundle, or one that wants to be looked at. */
  | { readonly kind: 'bundle-doubtful'; readonly doubt: BundleDoubt }
  /** Whether people could open what was backed up is in doubt: a drill is overdue, the quorum is thin. */
  | { readonly kind: 'readiness-doubtful'; readonly doubt: ReadinessDoubt }
  /** Who could change everything is another one now. */
  | { readonly kind: 'administrators-changed'; readonly change: AdministratorsChange }
  /** Somebody is about to do something dangerous, and asks a second person. */
  | { readonly kind: 'approval-asked'; readonly approval: Approval }
  /** Somebody may be guessing the password of a user. */
  | { readonly kind: 'user-locked'; readonly lock: UserLock }
  /** The ledger of a destination is not as it was left: somebody altered it, or set it back. */
  | { readonly kind: 'ledger-broken'; readonly find: LedgerFind }

export interface RecipientChange {
  /** Of which part of the vault; absent: of all that has no key of its own. */
  readonly scope?: string | undefined
  /** Absent at the first ceremony. */
  readonly before?: KeyName | undefined
  readonly after: KeyName
  readonly at: Date
  /** The system's user name of who did it. */
  readonly by: string
  readonly how: 'ceremony' | 'adopted'
}

export interface AdministratorsChange {
  /** By name. */
  readonly user: string
  /** `disabled` … */
  readonly what: string
  readonly by: string
  readonly at: Date
}

export interface UserLock {
  /** By name. */
  readonly user: string
  /** Where the last sign-in that failed came from; empty where nobody knows. */
  readonly address: string
  readonly failures: number
  readonly until: Date
}

export interface BundleDoubt {
  readonly published: boolean
  /** Of which part of the vault; `''` or absent for all of it. */
  readonly scope?: string | undefined
  readonly sequence?: number | undefined
  /** What is wrong, a sentence each. */
  readonly remarks: readonly string[]
}

export interface ReadinessDoubt {
  readonly generation: number
  /** What should be done something about, a sentence each. */
  readonly remarks: readonly string[]
}

export interface LedgerFind {
  readonly destinationId: string
  /** Its name. */
  readonly destination: string
  readonly what: 'missing' | 'rolled-back' | 'altered' | 'foreign'
  /** Whole sentences. */
  readonly remark: string
}

export interface KeyName {
  readonly generation: number
  /** SHA-256 of the recipient's text, lower-case hex. */
  readonly fingerprint: string
}

/** Who tells people: the log, a terminal, mail. */
export interface Notifier {
  /** Kept when it is told, in bounded time. Broken, it is told again later; so it may be when the process dies in between. */
  tell(news: News): Promise<void>
}
