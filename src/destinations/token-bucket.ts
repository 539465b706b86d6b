/** A way of which so many bytes a second may be had, by all its users together. */
export interface TokenBucket {
  /** Kept when so many bytes may go; in the order of asking. */
  take(bytes: number, signal: AbortSignal): Promise<void>
}

export interface TokenBucketDeps {
  /** Milliseconds of a clock that nobody sets. */
  readonly nowMs: () => number
  /** Kept after so many milliseconds; broken by the signal, with its reason. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** What was not used may be made up for, to so much. */
const burstMs = 250

export function makeTokenBucket(bytesPerSecond: number, { nowMs, wait }: TokenBucketDeps): TokenBucket {
  /** All that was taken has gone by then. */
  let paidUntilMs = nowMs()
  return {
    async take(bytes, signal) {
      signal.throwIfAborted()
      const now = nowMs()
      const startMs = Math.max(paidUntilMs, now - burstMs)
      paidUntilMs = startMs + (bytes / bytesPerSecond) * 1000
      if (paidUntilMs > now) await wait(paidUntilMs - now, signal)
    },
  }
}
