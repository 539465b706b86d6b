import type { DestinationRecord } from '../../ports/catalogue.ts'

/** What `--json` says of a destination: never its repository's password. */
export function destinationJson({ id, name, spec, createdAt }: DestinationRecord): object {
  return { id, name, ...spec, createdAt: createdAt.toISOString() }
}
