import type {
  Condition,
  DestinationState,
  DestinationWatch,
  ProbeFindings,
  WatchStep,
} from '../../ports/destination-state.ts'
import { observe, unknownState } from './destination-state.ts'
import { forecastFull } from './forecast-full.ts'
import { judgeProbe } from './judge-probe.ts'
import { keepRoom } from './keep-room.ts'
import type { ProbeOutcome } from './probe-destination.ts'

/** A probe that was made. */
export interface MadeProbe {
  readonly outcome: ProbeOutcome
  readonly begunAt: Date
  readonly endedAt: Date
}

export interface ProbeStep extends WatchStep {
  /** What this probe says, which may not be the state yet. */
  readonly found: Condition
}

/** What is known of a destination after one more probe. */
export function takeIn(known: DestinationWatch | undefined, probe: MadeProbe): ProbeStep {
  const { outcome, endedAt: at } = probe
  const before = known ?? nothingKnown(at)
  const space = outcome.kind === 'answered' ? outcome.space : undefined
  const room = space === undefined ? before.room : keepRoom(before.room, { at, freeBytes: space.freeBytes })
  const daysLeft = forecastFull(room)
  const found = judgeProbe(outcome, daysLeft, before.state.condition)
  const details = findingsOf(outcome, daysLeft)
  if (isBesideAnother(before.state, probe)) return { found, watch: { ...before, room } }
  const { state, change } = observe(before.state, { condition: found, at })
  const watch = { state, findings: details, room }
  return { found, watch, change: change === undefined ? undefined : { ...change, at, details } }
}

export function nothingKnown(at: Date): DestinationWatch {
  return { state: unknownState(at), room: [] }
}

/**
 * Whether it began before the last probe that counts had ended. Two that were made at the same time (by a watch, and by hand) met the same
 * hiccup: they are one. A last one in the future was made by a clock that was set back since.
 */
function isBesideAnother({ recent }: DestinationState, { begunAt, endedAt }: MadeProbe): boolean {
  const last = recent.at(-1)?.at
  return last !== undefined && begunAt < last && last <= endedAt
}

function findingsOf(outcome: ProbeOutcome, daysLeft: number | undefined): ProbeFindings {
  const tookMs = Math.round(outcome.tookMs)
  if (outcome.kind === 'answered') {
    const { space } = outcome
    const room =
      space === undefined ? {} : { space: { freeBytes: space.freeBytes, totalBytes: space.totalBytes } }
    return { tookMs, ...room, daysLeft }
  }
  const { code, hint } = outcome
  return { tookMs, failure: { code, message: `${outcome.step}: ${outcome.message}`, hint }, daysLeft }
}
