import { type ErrorCode, RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'

/** A change of what was typed that makes a share of it. Positions count from 1. */
export type Correction = (
  | { readonly kind: 'replace'; readonly position: number; readonly word: string }
  | { readonly kind: 'swap'; readonly positions: readonly [number, number] }
  | { readonly kind: 'insert'; readonly position: number; readonly word: string }
  | { readonly kind: 'remove'; readonly position: number }
) & {
  /** The whole share, once this is done. */
  readonly words: Secret
}

/** A word that is not in the list, and at most four that may be meant. */
export interface UnknownWord {
  readonly position: number
  readonly typed: string
  /** The likeliest first. */
  readonly proposals: readonly string[]
  /** The checksum says that it is this one, as long as all other words are right. */
  readonly isCertain: boolean
}

/** What is still needed. Groups count from 0. */
export interface Missing {
  /** Groups that nobody has given a share of yet, and that are needed: how many. */
  readonly groups: number
  /** The groups to go on with: at each, how many more shares are needed. */
  readonly ofGroups: readonly { readonly group: number; readonly shares: number }[]
}

/** What is wrong with one share, or with several together. `shares` are positions among those given, from 0. */
export type ShareFault =
  | { readonly kind: 'unknown-words'; readonly words: readonly UnknownWord[] }
  | { readonly kind: 'word-count'; readonly count: number; readonly corrections: readonly Correction[] }
  | { readonly kind: 'checksum'; readonly corrections: readonly Correction[] }
  /** All words are right, and no program that follows SLIP-39 writes such a share. */
  | { readonly kind: 'impossible' }
  | { readonly kind: 'too-many-iterations' }
  /** `shares` are not of the set that most are of; when no set has most of them, of that of the first. */
  | { readonly kind: 'another-set'; readonly shares: readonly number[] }
  | { readonly kind: 'repeated'; readonly shares: readonly [number, number] }
  | { readonly kind: 'too-few'; readonly missing: Missing }
  /** They are of one set by what they say, and do not fit together: one was forged, or made by a faulty program. */
  | { readonly kind: 'digest'; readonly group?: number | undefined }

/**
 * A share that cannot be used. Its message is fit for a log. What is wrong in particular may repeat words of the share: it is in
 * `fault`, for the eyes of whoever typed them (`sayFault` puts it into words), and no property that a serializer would find.
 */
export class ShareError extends RedomaError {
  readonly #fault: ShareFault

  constructor(code: ErrorCode, fault: ShareFault) {
    super(code, messages[fault.kind])
    this.#fault = fault
  }

  get fault(): ShareFault {
    return this.#fault
  }
}

const messages: Readonly<Record<ShareFault['kind'], string>> = {
  'unknown-words': 'some of these are not words of a card',
  'word-count': 'a card has 20 or 33 words',
  checksum: 'the words of the card do not fit together: at least one was mistyped',
  impossible: 'the card contradicts itself: no program should write one like it',
  'too-many-iterations': 'the card asks for too much work to be opened',
  'another-set': 'the cards are not all of one set',
  repeated: 'the same card was given twice',
  'too-few': 'more cards are needed',
  digest: 'the cards do not fit together: one of them is not what it says',
}
