import { RedomaError } from '../../src/core/errors.ts'
import type { Destination } from '../../src/ports/destination.ts'

export type Fault = 'fails-before' | 'fails-after' | 'truncates'

/**
 * A destination whose `failAt`-th call goes wrong: before it did anything, after it did all, or having put or given only
 * half. `calls()` tells how many there were, so that a test can go through all of them.
 */
export function faultyDestination(
  inner: Destination,
  failAt: number,
  fault: Fault,
): Destination & { calls(): number } {
  let calls = 0
  const isTurn = () => {
    calls += 1
    return calls === failAt
  }
  const guarded = async (work: () => Promise<void>, half?: () => Promise<void>) => {
    if (!isTurn()) return work()
    if (fault === 'fails-before') throw failure()
    await (fault === 'truncates' && half !== undefined ? half() : work())
    if (fault === 'fails-after' || half === undefined) throw failure()
  }
  return {
    calls: () => calls,
    put: (name, body, signal) =>
      guarded(
        () => inner.put(name, body, signal),
        () => inner.put(name, { open: () => firstHalf(body.open()) }, signal),
      ),
    async *get(name, range, signal) {
      const isFaulty = isTurn()
      if (isFaulty && fault === 'fails-before') throw failure()
      const whole = inner.get(name, range, signal)
      yield* isFaulty && fault === 'truncates' ? firstHalf(whole) : whole
      if (isFaulty && fault === 'fails-after') throw failure()
    },
    list: (prefix, signal) => inner.list(prefix, signal),
    remove: (name, signal) => guarded(() => inner.remove(name, signal)),
    flush: (signal) => guarded(() => inner.flush(signal)),
  }
}

function failure(): RedomaError {
  return new RedomaError('DESTINATION_FAILED', 'the destination failed, as the test wanted')
}

async function* firstHalf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const whole = Buffer.concat(await Array.fromAsync(chunks))
  yield new Uint8Array(whole.subarray(0, whole.length >> 1))
}
