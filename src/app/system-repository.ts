import type { DestinationSpec } from '../ports/catalogue.ts'

/**
 * The folder that the system backups of a destination are reached by, and what the names of their objects begin with: a repository of
 * its own under `system/`, or one elsewhere that it shares with other hosts.
 */
export function placeOfRepository({ path, repository }: DestinationSpec): {
  readonly folder: string
  readonly prefix: string
} {
  return repository === undefined ? { folder: path, prefix: 'system/' } : { folder: repository, prefix: '' }
}
