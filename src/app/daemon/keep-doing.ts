import type { Bell } from '../../core/bell.ts'
import { type ErrorCode, isRedomaError, messageOf } from '../../core/errors.ts'
import type { Log } from '../../ports/log.ts'

/** Work that is done again and again while the daemon runs. */
export interface Chore {
  /** For the log. */
  readonly name: string
  /** From the end of one time to the beginning of the next, in milliseconds; asked each time. */
  everyMs(): number
  /** Rung when there is something to do before that. */
  readonly bell: Bell
  work(signal: AbortSignal): Promise<void>
}

/**
 * Does it until the signal says so. What fails once (the catalogue is busy, its disk is full, a fault of our own) is logged and done again: one
 * chore that does not get on must not keep the others from what they do.
 *
 * @throws RedomaError what does not pass: `CATALOGUE_DAMAGED`, `INSTANCE_KEY_WRONG`, `FORMAT_UNKNOWN` of a catalogue that a newer program has changed
 */
export async function keepDoing(chore: Chore, log: Log, signal: AbortSignal): Promise<void> {
  let isTroubled = false
  for (;;) {
    try {
      signal.throwIfAborted()
      await chore.work(signal)
      if (isTroubled) log.info('goes on', { what: chore.name })
      isTroubled = false
      await chore.bell.wait(chore.everyMs(), signal)
    } catch (error) {
      if (signal.aborted) return
      if (isRedomaError(error) && lasting.has(error.code)) throw error
      // Once: what lasts would fill the log.
      if (!isTroubled) log.error('does not get on', { what: chore.name, why: messageOf(error) })
      isTroubled = true
      await chore.bell.wait(afterTroubleMs, signal).catch(() => undefined)
    }
  }
}

const lasting: ReadonlySet<ErrorCode> = new Set(['CATALOGUE_DAMAGED', 'INSTANCE_KEY_WRONG', 'FORMAT_UNKNOWN'])
const afterTroubleMs = 15_000
