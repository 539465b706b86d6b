import { isRedomaError, type RedomaError } from '../../core/errors.ts'
import type { WatchDestinations, WatchRequest } from './watch-destinations.ts'

export interface KeepWatchingDeps {
  readonly watch: WatchDestinations
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Told when a round came to nothing. */
  readonly onTrouble: (error: RedomaError) => void
}

/** Kept when the signal says so. @throws RedomaError what does not pass: `CATALOGUE_DAMAGED`, `INSTANCE_KEY_WRONG`, `LEASE_LOST` */
export type KeepWatching = (
  request: WatchRequest,
  /** From the end of one round to the beginning of the next. */
  everyMs: number,
  signal: AbortSignal,
) => Promise<void>

/** Probes destinations again and again, until it is told to stop. */
export function makeKeepWatching({ watch, wait, onTrouble }: KeepWatchingDeps): KeepWatching {
  async function round(request: WatchRequest, signal: AbortSignal): Promise<void> {
    try {
      await watch(request, signal)
    } catch (error) {
      if (!passes(error)) throw error
      onTrouble(error)
    }
  }

  /** The catalogue is busy, its disk is full, its server away: the next round makes up for it. */
  function passes(error: unknown): error is RedomaError {
    return isRedomaError(error, 'FILE_FAILED') || isRedomaError(error, 'CATALOGUE_UNREACHABLE')
  }

  return async (request, everyMs, signal) => {
    try {
      for (;;) {
        await round(request, signal)
        await wait(everyMs, signal)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
}
