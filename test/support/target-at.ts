import type { Reach, Target } from '../../src/app/target.ts'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import type { DestinationRecord } from '../../src/ports/catalogue.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Destination } from '../../src/ports/destination.ts'

/** A destination with a repository of its own, whatever its record says of paths. */
export function targetAt(record: DestinationRecord, destination: Destination): Target {
  const { repositoryPassword: password } = record
  return { record, destination, repository: { destination, prefix: 'system/', password } }
}

/** For tests that add destinations and join nothing. */
export function joinNothing(): Promise<never> {
  return Promise.reject(new Error('this test joins no repository'))
}

/** Reaches folders of this machine, and nothing else. */
export function reachFolders(clock: Clock): Reach {
  return async (spec) => {
    if (spec.kind !== 'local') throw new Error(`this test reaches folders only, and not ${spec.kind}`)
    return localDestination(spec.path, clock)
  }
}
