import { createHash } from 'node:crypto'
import type { CredentialRecord } from '../../ports/credential.ts'
import type { SourcedRecord } from './bundle-input.ts'

const registry = 'registry'
/** Of an id, by the form of credentials. */
const maximumIdLength = 200

/** A record under the id that it has in the bundle. */
export interface UniqueRecord {
  readonly record: CredentialRecord
  /** As it stands in `secrets.json`, where that is known already. */
  readonly canonical?: string | undefined
}

/**
 * The records under ids that are unique in the bundle: each source makes its own unique, so those of others than the
 * registry get their source's name before them. An id that would be too long is hashed.
 */
export function* withUniqueIds(records: readonly SourcedRecord[]): Generator<UniqueRecord> {
  for (const sourced of records) {
    if (sourced.source === registry) yield { record: sourced.record, canonical: sourced.canonical }
    else yield { record: withSource(sourced) }
  }
}

function withSource({ source, record }: SourcedRecord): CredentialRecord {
  return { ...record, id: uniqueId(source, record.id) }
}

/** The id in a bundle of what a source calls by its own. */
export function uniqueId(source: string, id: string): string {
  if (source === registry) return id
  const unique = `${source}/${id}`
  return unique.length <= maximumIdLength ? unique : `${source}/${hashOf(id)}`
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}
