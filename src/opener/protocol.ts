import type { PasswordSlips } from '../bundle/ceremony/find-slips.ts'
import type { NamedScheme } from '../bundle/ceremony/make-key.ts'
import type { OpenerHash } from '../bundle/ceremony/recovery-card.ts'
import type { LedgerOnBundle } from '../bundle/ledger/judge-bundle.ts'
import type { KeyOnCards } from '../bundle/shares/cards/card-of.ts'

import type { ErrorCode } from '../core/errors.ts'
import type { GlassProfile } from '../ports/catalogue.ts'
import type { CredentialKind } from '../ports/credential.ts'

/*
 * What the page and its worker say to each other. All secrets stay in the worker until a person asks to see one; to lock is to end the
 * worker, and all of its memory with it.
 */

export type OpeningKey =
  | { readonly kind: 'password'; readonly text: string }
  /** The words of each card. */
  | { readonly kind: 'cards'; readonly shares: readonly string[] }
  /** The identity file is not wrapped. */
  | { readonly kind: 'none' }

export interface OpenRequest {
  readonly bundle: Blob
  readonly identity: Blob
  readonly key: OpeningKey
}

export interface Opened {
  readonly instance: { readonly id: string; readonly name: string }
  /** Name of the part of the vault that is in it; absent where that is all of it. */
  readonly scope?: string | undefined
  /** What its instance had to say against it when it was made. */
  readonly doubts: readonly string[]
  readonly sequence: number
  /** ISO 8601. */
  readonly time: string
  readonly generation: number
  /** Lower-case hex, of the key that opened it. */
  readonly fingerprint: string
  /** Whether the bundle says the same. */
  readonly isFingerprintRight: boolean
  /** Whether the identity file was not protected by anything. */
  readonly isKeyPlain: boolean
  readonly credentials: number
  readonly formerSecrets: number
  readonly attachments: number
  readonly leftOut: readonly { readonly what: string; readonly why: string }[]
  /** What is in the bundle beside attachments. */
  readonly files: readonly ListedFile[]
}

export interface ListedFile {
  readonly path: string
  readonly bytes: number
}

/** One line of the list. */
export interface Row {
  /** Place among all credentials: what `show` and the like take. */
  readonly at: number
  readonly title: string
  readonly kind: CredentialKind
  readonly user: string
  readonly place: string
  readonly folder: string
}

export interface Found {
  readonly count: number
  readonly rows: readonly Row[]
}

/** A credential without its secrets. */
export interface Shown {
  readonly at: number
  readonly title: string
  readonly kind: CredentialKind
  /** Beginning with the most wanted; empty ones left out. */
  readonly facts: readonly { readonly name: FactName; readonly text: string }[]
  readonly tags: readonly string[]
  readonly hasSecret: boolean
  readonly hasNotes: boolean
  readonly hasTotp: boolean
  readonly fields: readonly { readonly name: string; readonly hidden: boolean }[]
  readonly attachments: readonly { readonly name: string; readonly bytes: number }[]
  /** Newest first; ISO 8601. */
  readonly history: readonly { readonly since: string | undefined; readonly until: string }[]
}

export type FactName =
  | 'user'
  | 'host'
  | 'port'
  | 'url'
  | 'database'
  | 'folder'
  | 'owner'
  | 'created'
  | 'changed'

/** A secret of a credential; `index` where there are several. */
export type SecretName =
  | { readonly kind: 'secret' | 'notes' | 'totp' }
  | { readonly kind: 'field' | 'former'; readonly index: number }

export interface Code {
  readonly code: string
  readonly secondsLeft: number
}

export interface Damage {
  readonly path: string
  readonly message: string
}

export interface DrillQuestion {
  readonly instance: string
  readonly generation: number
  /** ISO 8601. */
  readonly expires: string
}

export interface DrillAnswer {
  /** To be read over the phone: `7KQ2-M0XR-9D4T`. */
  readonly code: string
  /** Whose; absent of the whole key. */
  readonly card: number | undefined
  /** ISO 8601. */
  readonly expires: string
  /** The same for a program. */
  readonly file: Blob
}

/** What a ceremony is to make; a password, a quorum, or both. */
export interface CeremonyWish {
  readonly profile: GlassProfile
  readonly instanceName: string
  /** Of the master password that is made; none without it. */
  readonly passwordWords: number | undefined
  readonly scheme: NamedScheme | undefined
  readonly heldAt: Date
}

/** What leaves a ceremony: all of it public. */
export interface CeremonyOutcome {
  readonly fingerprint: string
  /** 64 hexadecimal digits: what `redoma glass adopt` asks for. */
  readonly checkValue: string
  readonly files: readonly { readonly name: string; readonly content: Blob }[]
}

export type ExportForm = 'csv' | 'bitwarden'

/** What the worker does, by name: arguments and answer. */
export interface Calls {
  open(request: OpenRequest): Promise<Opened>
  /** Reads all of the bundle; what is not as the manifest says. */
  verify(): Promise<readonly Damage[]>
  /** Credentials in which every word occurs, the likeliest first; the first rows of them. */
  search(text: string, count: number): Promise<Found>
  /** Rows of the last search. */
  rows(from: number, count: number): Promise<readonly Row[]>
  show(at: number): Promise<Shown>
  reveal(at: number, secret: SecretName): Promise<string>
  code(at: number, nowMs: number): Promise<Code>
  attachment(at: number, index: number): Promise<Blob>
  file(path: string): Promise<Blob>
  exportAs(form: ExportForm): Promise<Blob>
  drill(file: Blob): Promise<DrillQuestion>
  answerByCard(drill: Blob, words: string): Promise<DrillAnswer>
  answerByKey(drill: Blob, identity: Blob, key: OpeningKey): Promise<DrillAnswer>
  compareWithLedger(ledger: Blob, bundleName: string): Promise<LedgerOnBundle>
  /** Makes a recovery key, and opens something with it in each of its ways. Two keys are derived for each way. */
  prepareCeremony(wish: CeremonyWish): Promise<KeyOnCards>
  masterPassword(): Promise<string>
  /** What is wrong with what was typed from the paper; `undefined` when nothing is, and it is proven. */
  provePassword(typed: string): Promise<PasswordSlips | undefined>
  /** The words of a card, by its number from 1. */
  cardWords(number: number): Promise<string>
  /** Whether the words are those of the card, which is proven then. */
  proveCard(number: number, words: string): Promise<boolean>
  /** Once all is proven. `openers`: those that the recovery card is to name. */
  finishCeremony(openers: readonly OpenerHash[]): Promise<CeremonyOutcome>
}

export type CallName = keyof Calls

export interface CallMessage {
  readonly id: number
  readonly name: CallName
  readonly args: readonly unknown[]
}

/** What an error is on the other side. */
export interface SaidError {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string | undefined
}

export type Answer =
  | { readonly kind: 'value'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: SaidError }
  /** Of deriving a key from a password: 0 to 1. */
  | { readonly kind: 'progress'; readonly done: number }
