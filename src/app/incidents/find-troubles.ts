import type { Catalogue } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Trouble } from '../../ports/incident.ts'
import type { ReportReadiness } from '../readiness.ts'
import { standingParts } from './standing-parts.ts'
import { troubleOfClock } from './trouble-of-clock.ts'
import { troublesOfDestinations } from './troubles-of-destinations.ts'
import { troublesOfKey } from './troubles-of-key.ts'
import { troubleOfRun, troublesOfParts } from './troubles-of-runs.ts'

export interface FindTroublesDeps {
  readonly catalogue: Catalogue
  readonly clock: Clock
  readonly reportReadiness: ReportReadiness
}

/** All that is wrong by what the catalogue knows, whoever found it out, and however long nobody looked. */
export type FindTroubles = () => Promise<readonly Trouble[]>

export function makeFindTroubles({ catalogue, clock, reportReadiness }: FindTroublesDeps): FindTroubles {
  return async () => {
    const [destinations, watches, parts, [newest], sources, scopes] = await Promise.all([
      catalogue.destinations.list(),
      catalogue.watch.list(),
      catalogue.runs.latestParts(),
      catalogue.runs.list(1),
      catalogue.sources.list(),
      catalogue.scopes.list(),
    ])
    const scoped = ['', ...scopes.filter(({ hasOwnKey }) => hasOwnKey).map(({ name }) => name)]
    const readiness = await Promise.all(
      scoped.map(async (scope) => ({
        scope,
        report: await reportReadiness(scope === '' ? undefined : scope),
      })),
    )
    const standing = standingParts(parts, {
      sources: sources.map(({ name }) => name),
      scopes: scopes.map(({ name }) => name),
    })
    return [
      ...troublesOfDestinations(destinations, watches),
      ...troublesOfParts(standing, destinations),
      ...troubleOfRun(newest),
      ...troublesOfKey(readiness),
      ...troubleOfClock(newest, clock.now()),
    ]
  }
}
