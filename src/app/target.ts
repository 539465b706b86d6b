import type { DestinationRecord } from '../ports/catalogue.ts'
import type { Destination } from '../ports/destination.ts'
import type { RepositoryAccess } from './restore-system.ts'
import { placeOfRepository } from './system-repository.ts'

/** A destination of this run: what is known of it, and the way to it. */
export interface Target {
  readonly record: DestinationRecord
  /** Of bundles, recordings and the ledger. */
  readonly destination: Destination
  /** Of system backups. */
  readonly repository: RepositoryAccess
}

/** Reaches all that belongs to a destination. */
export async function targetOf(
  record: DestinationRecord,
  reach: (folder: string) => Promise<Destination>,
): Promise<Target> {
  const { spec, repositoryPassword: password, repositoryKey: key } = record
  const { folder, prefix } = placeOfRepository(spec)
  const destination = await reach(spec.path)
  const holdsIt = folder === spec.path
  return {
    record,
    destination,
    repository: { destination: holdsIt ? destination : await reach(folder), prefix, password, key },
  }
}
