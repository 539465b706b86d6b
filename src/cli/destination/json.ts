import type { DestinationRecord } from '../../ports/catalogue.ts'

/** What `--json` says of a destination: never its repository's password. */
export function destinationJson(record: DestinationRecord): object {
  const { id, name, spec, repositoryId, repositoryKey, createdAt } = record
  return { id, name, ...spec, repositoryId, repositoryKey, createdAt: createdAt.toISOString() }
}
