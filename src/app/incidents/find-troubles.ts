import type { Catalogue, DestinationRecord, Run, RunPart } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ChannelFailure, Trouble } from '../../ports/incident.ts'
import type { Schedule } from '../../ports/plan.ts'
import { periodOf } from '../../scheduling/period-of.ts'
import type { ReportReadiness } from '../readiness.ts'
import { standingParts } from './standing-parts.ts'
import { troubleOfClock } from './trouble-of-clock.ts'
import { troublesOfCertificates } from './troubles-of-certificates.ts'
import { troublesOfChannels } from './troubles-of-channels.ts'
import { troublesOfDestinations } from './troubles-of-destinations.ts'
import { troublesOfHooks } from './troubles-of-hooks.ts'
import { type ReadinessOf, troublesOfKey } from './troubles-of-key.ts'
import { type PlanSoFar, troublesOfPlans } from './troubles-of-plans.ts'
import { troublesOfParts, troublesOfRuns } from './troubles-of-runs.ts'
import { troublesOfVerifications } from './troubles-of-verifications.ts'

export interface FindTroublesDeps {
  readonly catalogue: Catalogue
  readonly clock: Clock
  readonly reportReadiness: ReportReadiness
}

/** All that is wrong by what the catalogue knows, whoever found it out, and however long nobody looked. */
export type FindTroubles = () => Promise<readonly Trouble[]>

export function makeFindTroubles({ catalogue, clock, reportReadiness }: FindTroublesDeps): FindTroubles {
  // Asked every minute, of runs that are many and of schedules that take long to walk through, and that seldom change.
  const latestParts = unlessChanged<readonly (RunPart & { readonly run: number })[]>()
  const periods = new Map<string, number | undefined>()

  return async () => {
    const now = clock.now()
    const [destinations, watches, [newest], sources, scopes, kept, routine, channels, seen] =
      await Promise.all([
        catalogue.destinations.list(),
        catalogue.watch.list(),
        catalogue.runs.list(1),
        catalogue.sources.list(),
        catalogue.scopes.list(),
        catalogue.verifications.list(),
        catalogue.routines.get('verification'),
        catalogue.channels.list(),
        catalogue.certificates.list(),
      ])
    const uncancelled =
      newest?.state.kind === 'cancelled' ? await catalogue.runs.newestUncancelled() : undefined
    const parts = await latestParts(stateOf(newest, destinations), () => catalogue.runs.latestParts())
    const standing = standingParts(parts, {
      sources: sources.map(({ name }) => name),
      scopes: scopes.map(({ name }) => name),
    })
    const scoped = ['', ...scopes.filter(({ hasOwnKey }) => hasOwnKey).map(({ name }) => name)]
    return [
      ...troublesOfDestinations(destinations, watches),
      ...troublesOfParts(standing, destinations),
      ...troublesOfRuns(newest, uncancelled),
      ...troublesOfPlans(await plansSoFar(now), now),
      ...troublesOfHooks(await catalogue.owedHooks.failed()),
      ...troublesOfVerifications(
        destinations,
        {
          kept,
          damagedSlices: await damagedSlices(destinations),
          routine,
          periodMs: periodFor(routine.schedule),
        },
        now,
      ),
      ...troublesOfChannels(channels, await failingChannels()),
      ...troublesOfCertificates({ seen, destinations, channels }, now),
      ...troublesOfKey(await Promise.all(scoped.map(readinessOf))),
      ...troubleOfClock(newest, now),
    ]
  }

  async function readinessOf(scope: string): Promise<ReadinessOf> {
    return { scope, report: await reportReadiness(scope === '' ? undefined : scope) }
  }

  /** Without those for which nothing waits any more: whether they would take it, nobody knows. */
  async function failingChannels(): Promise<readonly ChannelFailure[]> {
    const failing = await catalogue.notices.failing()
    const waiting = await Promise.all(failing.map(({ channelId }) => catalogue.notices.waiting(channelId)))
    return failing.filter((_, index) => (waiting[index]?.count ?? 0) > 0)
  }

  async function damagedSlices(destinations: readonly DestinationRecord[]): Promise<Map<string, number>> {
    const all = destinations.map(async ({ id }) => {
      const damaged = (await catalogue.readings.list(id)).filter(({ isDamaged }) => isDamaged)
      return [id, damaged.length] as const
    })
    return new Map(await Promise.all(all))
  }

  async function plansSoFar(now: Date): Promise<readonly PlanSoFar[]> {
    const plans = await catalogue.plans.list()
    const ids = plans.map(({ id }) => id)
    const histories = await catalogue.plans.histories(ids, now)
    return plans.map((plan) => {
      const { lastDone } = histories.get(plan.id) ?? {}
      return { plan, lastDone, periodMs: periodFor(plan.schedule) }
    })
  }

  function periodFor(schedule: Schedule): number | undefined {
    const key = JSON.stringify(schedule)
    if (!periods.has(key)) periods.set(key, periodOf(schedule))
    return periods.get(key)
  }
}

/** While it is the same, the parts of runs are; of a run that is under way they are added to. */
function stateOf(newest: Run | undefined, destinations: readonly DestinationRecord[]): string | undefined {
  if (newest?.state.kind === 'running') return undefined
  const places = destinations.map(({ id, name, runsBefore }) => [id, name, runsBefore])
  return JSON.stringify([newest?.id, newest?.state.kind, newest?.parts.length, places])
}

/** What was found out last time, while the key is the same; anew without one. */
function unlessChanged<Found>(): (key: string | undefined, find: () => Promise<Found>) => Promise<Found> {
  let known: { readonly key: string; readonly found: Found } | undefined
  return async (key, find) => {
    if (key !== undefined && known?.key === key) return known.found
    const found = await find()
    known = key === undefined ? undefined : { key, found }
    return found
  }
}
