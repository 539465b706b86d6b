import { localDestination } from '../destinations/local/local-destination.ts'
import { withSecondReading } from '../destinations/second-reading.ts'
import type { Clock } from '../ports/clock.ts'
import type { Destination } from '../ports/destination.ts'

/** A folder as a destination, whose disk may fail here and there. */
export function reachLocal(path: string, clock: Clock): Destination {
  return withSecondReading(localDestination(path, clock))
}
