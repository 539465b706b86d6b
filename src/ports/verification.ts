import type { ErrorCode } from '../core/errors.ts'

/** What is looked at by itself: what the ledger lists, and the repository. */
export type Verifiable = 'ledger' | 'repository'

/** What was found wrong with one object. */
export interface Finding {
  readonly object: string
  readonly message: string
  /** What to do first, where that is not to repair. */
  readonly hint?: string | undefined
  /** In a word: `missing`, `altered` … */
  readonly what?: string | undefined
}

/** What is remembered of the verifications of one thing at one destination. */
export interface KeptVerification {
  readonly destinationId: string
  readonly what: Verifiable
  /** The last that came to its end; absent where none ever did. */
  readonly last?:
    | { readonly at: Date; readonly count: number; readonly findings: readonly Finding[] }
    | undefined
  /** The last that did not, where it came after. */
  readonly failed?: { readonly at: Date; readonly failure: VerificationFailure } | undefined
}

/** Why it could not be looked at. */
export interface VerificationFailure {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string | undefined
}

/** What one verification came to. */
export type VerificationEnd =
  /** Everything is as it should be where it is empty. */
  | { readonly kind: 'looked'; readonly findings: readonly Finding[] }
  | { readonly kind: 'failed'; readonly failure: VerificationFailure }

export interface VerificationStore {
  list(): Promise<KeptVerification[]>
  /** Of the findings, the first are kept, and how many there were. One that failed leaves what the last one found. */
  record(destinationId: string, what: Verifiable, end: VerificationEnd, at: Date): Promise<void>
  /** What was found by other work than a verification, beside what the last one found. */
  add(destinationId: string, what: Verifiable, finding: Finding, at: Date): Promise<void>
}
