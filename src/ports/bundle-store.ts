import { z } from 'zod'

/** The bundles of all credentials, beside which there may be some of parts of them. */
export const wholeVault = ''

/** A bundle that was published. */
export interface BundleRecord {
  /** Name of the part of the vault that is in it; `wholeVault`. Each has numbers of its own. */
  readonly scope: string
  readonly sequence: number
  readonly name: string
  readonly sha256: string
  readonly bytes: number
  readonly credentials: number
  readonly createdAt: Date
}

/**
 * A mark for each value of a credential that may be secret, by the value's name: `secret`, `totp`, `notes`, `hidden/…` and `shown/…` for
 * custom fields, `attachment/…`. Equal values of one credential have equal marks; of two credentials they have not. Without the
 * instance's key no mark confirms a guess.
 */
export type ValueTags = Readonly<Record<string, string>>

const text = z.string()

export const credentialFactsSchema = z
  .object({
    title: text,
    kind: text,
    folder: text.optional(),
    user: text.optional(),
    host: text.optional(),
    owner: text.optional(),
  })
  .readonly()

/** What people know a credential by. No secret. */
export type CredentialFacts = z.infer<typeof credentialFactsSchema>

/** That a credential was in a bundle, and with which values, without saying them. */
export interface BundleContent {
  readonly source: string
  /** In its source. */
  readonly id: string
  readonly facts: CredentialFacts
  readonly tags: ValueTags
}

/** In all bundles of a scope from `first` on and before `until`, a credential was as this says; `until` is absent while it is still so. */
export interface ContentSpan extends BundleContent {
  readonly scope: string
  readonly first: number
  readonly until?: number | undefined
}

/** From `first` on and before `until`. */
export interface EndedSpan {
  readonly scope: string
  readonly first: number
  readonly until: number
}

export interface BundleStore {
  /** The newest one that was published anywhere. */
  latest(scope?: string): Promise<BundleRecord | undefined>
  /** Of all scopes, the newest of each first. */
  list(): Promise<BundleRecord[]>
  /**
   * Takes the next sequence number, for ever: a bundle that fails leaves a gap that the ledger explains. It is above `above`, and above all
   * that were taken before.
   */
  nextSequence(scope?: string, above?: number): Promise<number>
  /** Remembers it and all that is in it, in one transaction. What is as it was in the bundle before is not written again. */
  add(bundle: BundleRecord, contents: Iterable<BundleContent>): Promise<void>
  /** In which bundles these credentials of a source were, the newest first. */
  spansOf(source: string, ids: readonly string[]): Promise<ContentSpan[]>
  /** The ends of spans that have ended, each once. */
  endedSpans(): Promise<EndedSpan[]>
  /** What was in all bundles of such a span, and in no other, is forgotten. */
  forgetSpans(span: EndedSpan): Promise<void>
  /** All credentials that ever were in a bundle, in the order of source and id. */
  spans(): AsyncIterable<ContentSpan>
}
