import { isRedomaError } from '../../core/errors.ts'
import type { Catalogue, DestinationRecord } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import { isWriteOnly } from '../../ports/destination-spec.ts'
import type { Schedule } from '../../ports/plan.ts'
import { noProgress } from '../../ports/progress.ts'
import { dueNow } from '../../scheduling/due-now.ts'
import { periodOf } from '../../scheduling/period-of.ts'
import type { VerifyOne } from '../verify-each.ts'

export interface VerifyWhenDueDeps {
  readonly catalogue: Pick<Catalogue, 'routines' | 'destinations' | 'verifications'>
  readonly clock: Clock
  readonly verifyOne: VerifyOne
}

/**
 * Verifies each destination that was not since the routine was due, one after the other, beside the runs of plans: they go on meanwhile. What was stopped in the middle, or
 * failed, is done again, since the routine stays due for it; after a failure not before an hour is over.
 *
 * @returns whether anything was verified
 */
export type VerifyWhenDue = (signal: AbortSignal) => Promise<boolean>

const hourMs = 3_600_000
const monthMs = 30 * 24 * hourMs

export function makeVerifyWhenDue(deps: VerifyWhenDueDeps): VerifyWhenDue {
  const { catalogue, clock } = deps
  const triedAt = new Map<string, number>()

  async function verifyOne(record: DestinationRecord, parts: number, signal: AbortSignal): Promise<void> {
    triedAt.set(record.id, clock.now().getTime())
    try {
      await deps.verifyOne(record, { kind: 'rotating', parts }, noProgress, signal)
    } catch (error) {
      // Somebody verifies it already: another node, or who asked for it by the API.
      if (!isRedomaError(error, 'RUN_UNDER_WAY')) throw error
    }
  }

  return async (signal) => {
    const { name, isEnabled, schedule, activeSince } = await catalogue.routines.get('verification')
    const due = dueNow({ id: name, isEnabled, schedule, activeSince }, { now: clock.now() })
    if (due === undefined) return false
    const kept = await catalogue.verifications.list()
    const waiting = (await catalogue.destinations.list()).filter(({ id, spec }) => {
      const ends = kept.filter((one) => one.destinationId === id)
      const isDone = ends.length === 2 && ends.every(({ last }) => last !== undefined && last.at >= due.at)
      return !isWriteOnly(spec) && !isDone && !isTooSoon(id)
    })
    for (const record of waiting) {
      signal.throwIfAborted()
      await verifyOne(record, partsOf(schedule), signal)
    }
    return waiting.length > 0
  }

  /** Whichever way the clock was set in between. */
  function isTooSoon(id: string): boolean {
    return Math.abs(clock.now().getTime() - (triedAt.get(id) ?? 0)) < hourMs
  }
}

/** So that all packs are read within a month, however often it is: a quarter each week, a thirtieth each day. */
export function partsOf(schedule: Schedule): number {
  const periodMs = periodOf(schedule) ?? monthMs
  return Math.min(256, Math.max(1, Math.floor(monthMs / periodMs)))
}
