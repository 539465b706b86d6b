import type { DestinationRecord } from '../ports/catalogue.ts'
import type { Destination } from '../ports/destination.ts'
import type { DestinationSpec } from '../ports/destination-spec.ts'
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

/** The way to what a spec describes; whoever makes these closes what they hold open. */
export type Reach = (spec: DestinationSpec) => Promise<Destination>

/** What the operator should know about such a place, and about what was seen of it until now: a sentence each. */
export type RemarksOn = (spec: DestinationSpec) => Promise<readonly string[]>

/** Reaches all that belongs to a destination. */
export async function targetOf(record: DestinationRecord, reach: Reach): Promise<Target> {
  const { spec, repositoryPassword: password, repositoryKey: key } = record
  const place = placeOfRepository(spec)
  const destination = await reach(spec)
  const there = place.kind === 'inside' ? destination : await reach(place.spec)
  return { record, destination, repository: { destination: there, prefix: place.prefix, password, key } }
}
