import { isRedomaError } from '../core/errors.ts'
import type { CredentialJson } from '../ports/credential-json.ts'
import { parseCredential } from '../ports/credential-json.ts'
import type { CredentialRow } from '../ports/credential-reader.ts'

/** The row that this JSON form of a credential makes: a record, or what is wrong with it. */
export function credentialRow(line: number, json: unknown): CredentialRow {
  return rowFrom(line, () => json as CredentialJson)
}

/** The row of what `make` returns; where it throws `DATA_DAMAGED`, the row is bad for that reason. */
export function rowFrom(line: number, make: () => CredentialJson): CredentialRow {
  try {
    return { kind: 'record', line, record: parseCredential(make()) }
  } catch (error) {
    if (isRedomaError(error, 'DATA_DAMAGED')) return { kind: 'bad', line, reason: error.message }
    throw error
  }
}
