import type { Secret } from '../core/secret.ts'

/** What a request was answered with. No secret is in it. */
export interface KeptAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Whose a key is. */
export type Claim =
  /** Of who asked just now. */
  | { readonly kind: 'new' }
  | { readonly kind: 'answered'; readonly answer: KeptAnswer }
  /** The same request was begun, and there is no answer: it is under way, or was cut off. */
  | { readonly kind: 'unanswered' }
  /** Of another request. */
  | { readonly kind: 'taken' }

export interface ClaimRequest {
  /** As the client made it up. */
  readonly key: string
  /** Method and path. */
  readonly route: string
  /** What tells this request from others; sealed, since it follows from what may be a secret. */
  readonly mark: Secret
  readonly at: Date
  /** Keys from before then are forgotten. */
  readonly since: Date
}

/** Answers that are given again to a request which is sent again, so that it is done once. */
export interface KeptAnswers {
  claim(request: ClaimRequest): Promise<Claim>
  keep(key: string, answer: KeptAnswer): Promise<void>
  /** It came to nothing: it may be tried again under this key. */
  release(key: string): Promise<void>
}
