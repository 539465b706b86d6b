/** Counts the time in which at least one of several things is under way. */
export interface Stopwatch {
  /** One began; what is given is called when it is over. */
  start(): () => void
  totalMs(): number
}

/** @param nowMs milliseconds of a clock that nobody sets */
export function makeStopwatch(nowMs: () => number): Stopwatch {
  let total = 0
  let running = 0
  let sinceMs = 0
  return {
    start() {
      if (running++ === 0) sinceMs = nowMs()
      return () => {
        if (--running === 0) total += nowMs() - sinceMs
      }
    },
    totalMs: () => total + (running > 0 ? nowMs() - sinceMs : 0),
  }
}
