import { forecastFull } from '../../app/watch/forecast-full.ts'
import type { DestinationChange, DestinationWatch } from '../../ports/destination-state.ts'

/** What `--json` says of how a destination does. */
export function stateJson({ state, findings, room }: DestinationWatch): object {
  const { condition, since, recent } = state
  return {
    condition,
    since: since.toISOString(),
    probedAt: recent.at(-1)?.at.toISOString(),
    latencyMs: findings?.tookMs,
    space: findings?.space,
    failure: findings?.failure,
    daysLeft: forecastFull(room),
  }
}

export function changeJson({ since, at, ...change }: DestinationChange): object {
  return { ...change, since: since.toISOString(), at: at.toISOString() }
}
