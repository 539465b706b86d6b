import type { Secret } from '../core/secret.ts'
import type { CredentialRecord } from './credential.ts'

/** One row of a file that is imported: a record, or why there is none. */
export type CredentialRow =
  | { readonly kind: 'record'; readonly line: number; readonly record: CredentialRecord }
  /** `reason` names the field and holds no value of the row: the value may be a secret. */
  | { readonly kind: 'bad'; readonly line: number; readonly reason: string }

/**
 * Reads the credentials that another program wrote, from a file's bytes. `line` is the row's line in the file where the
 * format has lines, and its ordinal (1, 2, 3 …) where it has none.
 *
 * Throws, before the first row or in between, when the file as a whole cannot be read: `FORMAT_UNKNOWN` (not such a
 * file), `DATA_DAMAGED`, `KEY_WRONG`, `LIMIT_EXCEEDED`.
 */
export type ReadCredentials = (file: AsyncIterable<Uint8Array>) => AsyncIterable<CredentialRow>

/** Which of our names (`title`, `user`, `secret` …) the column of that header holds: `{ title: 'Account name' }`. */
export type ColumnMapping = Readonly<Record<string, string>>

/** What a file to import is, and what it takes to read it. */
export type ImportFormat =
  | { readonly kind: 'redoma-json' }
  /** Columns that are not mapped are recognised by the names that common tools give them. */
  | { readonly kind: 'csv'; readonly columns: ColumnMapping }
  | { readonly kind: 'bitwarden' }
  | { readonly kind: 'keepass'; readonly password: Secret; readonly keyFile?: Uint8Array | undefined }

/** @throws RedomaError `USAGE` for columns that there are not */
export type ReaderFor = (format: ImportFormat) => ReadCredentials
