import type { Condition, DestinationState } from '../../ports/destination-state.ts'
import type { ProbeOutcome } from './probe-destination.ts'

/** When a destination counts as nearly full, and when not any more: in between it stays what it was. */
const nearlyFull = { days: 14, share: 0.05 }
const roomAgain = { days: 21, share: 0.08 }
/** For four kibibytes to be written, synced, read back and removed: some twenty round trips of a bad line. */
const slowMs = 10_000

/** What one probe says, together with what is known of how much room there is. */
export function judgeProbe(
  outcome: ProbeOutcome,
  daysLeft: number | undefined,
  now: DestinationState['condition'],
): Condition {
  if (outcome.kind === 'failed') {
    if (outcome.code === 'DESTINATION_READ_ONLY') return 'read-only'
    return outcome.code === 'DESTINATION_FULL' ? 'nearly-full' : 'lost'
  }
  const { days, share } = now === 'nearly-full' ? roomAgain : nearlyFull
  const { space, tookMs } = outcome
  if (daysLeft !== undefined && daysLeft < days) return 'nearly-full'
  if (space !== undefined && space.freeBytes < space.totalBytes * share) return 'nearly-full'
  return tookMs >= slowMs ? 'slow' : 'ok'
}
