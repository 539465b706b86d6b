import type { ReportReadiness } from '../app/readiness.ts'
import type { Catalogue } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'

/** The instance that is served: its catalogue, and the use cases that commands call, too. */
export interface ServedInstance {
  readonly catalogue: Catalogue
  readonly log: Log
  readonly reportReadiness: ReportReadiness
}

export interface ApiDeps {
  readonly instance: ServedInstance
  readonly clock: Clock
  /** Of the program. */
  readonly version: string
  /** Aborted when the daemon stops: it takes no more work, and ends what streams. */
  readonly stopping: AbortSignal
}
