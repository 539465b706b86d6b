import type { DestinationRecord } from '../ports/catalogue.ts'
import type { Destination } from '../ports/destination.ts'

/** A destination of this run: what is known of it, and the way to it. */
export interface Target {
  readonly record: DestinationRecord
  readonly destination: Destination
}
