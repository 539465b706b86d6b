import type { Secret } from '../core/secret.ts'

export const credentialKinds = ['password', 'ssh-key', 'access-key', 'token', 'database', 'note'] as const

export type CredentialKind = (typeof credentialKinds)[number]

/** A value that a credential had before its present one. */
export interface FormerSecret {
  readonly secret: Secret
  /** When the value was set, where that is known. */
  readonly since?: Date | undefined
  /** When another took its place. */
  readonly until: Date
}

export interface CustomField {
  readonly name: string
  readonly value: Secret
  /** Whether a program that shows it should hide it until asked. */
  readonly hidden: boolean
}

export interface Attachment {
  /** A plain file name, without folders; unique within its credential. */
  readonly name: string
  /** In bytes. */
  readonly size: number
  /** Lower-case hex SHA-256 of the content. */
  readonly sha256: string
  open(): AsyncIterable<Uint8Array>
}

/**
 * One credential in the clear, as a source of secrets gives it: what goes into a bundle.
 * Field names are those of `secrets.json` (docs/formats/bundle.md).
 */
export interface CredentialRecord {
  /** Stable and unique within its source. */
  readonly id: string
  readonly title: string
  readonly kind: CredentialKind
  /** User name, or the access key's id. */
  readonly user?: string | undefined
  /** Password, private key, secret key, token; of a note: its text. Absent when the record has none. */
  readonly secret?: Secret | undefined
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly url?: string | undefined
  /** Of a database login. */
  readonly database?: string | undefined
  /** Path with `/`, without one at the beginning or end; absent: the top. */
  readonly folder?: string | undefined
  readonly owner?: string | undefined
  readonly tags: readonly string[]
  readonly notes?: Secret | undefined
  /** An `otpauth://` URI, or the bare base32 seed. */
  readonly totp?: Secret | undefined
  readonly fields: readonly CustomField[]
  readonly attachments: readonly Attachment[]
  /** Newest first. */
  readonly history: readonly FormerSecret[]
  readonly createdAt?: Date | undefined
  readonly changedAt?: Date | undefined
}
