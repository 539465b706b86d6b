import type { DestinationRecord } from '../../ports/catalogue.ts'
import type { DestinationWatch } from '../../ports/destination-state.ts'
import { stateJson } from './state-json.ts'

/** What `--json` says of a destination: never its repository's password. */
export function destinationJson(record: DestinationRecord, watch?: DestinationWatch): object {
  const { id, name, spec, repositoryId, repositoryKey, createdAt } = record
  const state = watch === undefined ? {} : { state: stateJson(watch) }
  return { id, name, ...spec, repositoryId, repositoryKey, createdAt: createdAt.toISOString(), ...state }
}
