import { RedomaError } from '../../core/errors.ts'
import { Stalled } from './exchange.ts'
import type { FailedTry } from './failures.ts'

export interface TryDeps {
  /** Kept after so many milliseconds; broken by the signal. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** From 0 to 1: what one waits differs from what others do. */
  readonly random: () => number
  /** Is told of each try that failed and is followed by another. */
  readonly onRetry?: (error: RedomaError) => void
}

const tries = 5
/** A try that stalls takes a minute by itself. */
const stalledTries = 2
const firstWaitMs = 400
const longestWaitMs = 8000

/** Tries what may pass again, after a wait that doubles. */
export async function tryAgain<T>(
  attempt: () => Promise<T>,
  failed: (error: unknown) => FailedTry,
  { wait, random, onRetry }: TryDeps,
  signal: AbortSignal,
): Promise<T> {
  let stalled = 0
  for (let made = 1; ; made++) {
    signal.throwIfAborted()
    try {
      return await attempt()
    } catch (thrown) {
      // What broke off because we were told to stop is told as that.
      signal.throwIfAborted()
      if (thrown instanceof Stalled) stalled++
      const { error, passes } = failed(thrown)
      if (!passes) throw error
      if (made === tries || stalled === stalledTries) throw givenUp(error, made)
      onRetry?.(error)
    }
    await wait(waitBefore(made, random()), signal)
  }
}

/** In milliseconds, before the try that follows so many. */
export function waitBefore(made: number, chance: number): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** (made - 1)) * (0.5 + chance / 2)
}

function givenUp(error: RedomaError, made: number): RedomaError {
  const { code, message, hint, cause } = error
  return new RedomaError(code, `${message} (${made} times)`, { hint, cause })
}
