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
