import { createHash } from 'node:crypto'
import type { CredentialRecord } from '../../ports/credential.ts'
import type { SourcedRecord } from './bundle-input.ts'

const registry = 'registry'
/** Of an id, by the form of credentials. */
const maximumIdLength = 200

/**
 * The records under ids that are unique in the bundle: each source makes its own unique, so those of others than the
 * registry get their source's name before them. An id that would be too long is hashed.
 */
export function withUniqueIds(records: readonly SourcedRecord[]): CredentialRecord[] {
  return records.map(({ source, record }) => {
    if (source === registry) return record
    const id = `${source}/${record.id}`
    return { ...record, id: id.length <= maximumIdLength ? id : `${source}/${hashOf(record.id)}` }
  })
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}
