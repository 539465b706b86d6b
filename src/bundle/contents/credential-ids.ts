import { createHash } from 'node:crypto'

const registry = 'registry'
/** Of an id, by the form of credentials. */
const maximumIdLength = 200

/**
 * The id in a bundle of what a source calls by its own: each source makes its own unique, so those of others than the registry get
 * their source's name before them. One that would be too long is hashed.
 */
export function uniqueId(source: string, id: string): string {
  if (source === registry) return id
  const unique = `${source}/${id}`
  return unique.length <= maximumIdLength ? unique : `${source}/${hashOf(id)}`
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}
