import type { Secret } from '../../../core/secret.ts'

/** What a guardian's card says. */
export interface ShareCard {
  readonly words: Secret
  /** "Card `number` of `count`", over all groups. */
  readonly number: number
  readonly count: number
  readonly instanceName: string
  readonly guardian: string
  readonly heldAt: Date
  /** Not known yet at a ceremony on another machine. */
  readonly generation?: number | undefined
  /** Of the set of shares. */
  readonly identifier: number
  /** The group of this card: how many of how many of its cards are needed. */
  readonly group: { readonly name: string; readonly threshold: number; readonly count: number }
  readonly groupThreshold: number
  readonly groupCount: number
  /** Of the recovery key: 64 hexadecimal digits. */
  readonly fingerprint: string
  /** Of the instance's key, `SHA256:…`. Not known at a ceremony on another machine: then there is a line to write it on. */
  readonly ledgerSigner?: string | undefined
  /** SHA-256 of `open.html`, as long, where there is one. */
  readonly openerSha256?: string | undefined
  /** The same of `open.mjs`. */
  readonly openMjsSha256?: string | undefined
}
