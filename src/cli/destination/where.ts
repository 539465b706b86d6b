import { locationOfRepository, sharesRepository } from '../../app/system-repository.ts'
import type { DestinationRecord } from '../../ports/catalogue.ts'
import { printable } from '../printable.ts'

/** Where the system backups of a destination go, and what is known of the repository there. */
export function repositoryWords({ spec, repositoryId, repositoryKey }: DestinationRecord): string {
  const facts = [
    repositoryId === undefined ? 'no backup yet' : `id ${repositoryId.slice(0, 10)}`,
    ...(repositoryKey === undefined ? [] : [`by key ${repositoryKey.slice(0, 8)}`]),
    ...(sharesRepository(spec) ? ['shared'] : []),
  ]
  return `${printable(locationOfRepository(spec))} (${facts.join(', ')})`
}
