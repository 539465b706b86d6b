import type { Clock } from '../../src/ports/clock.ts'

export interface HandTurnedClock extends Clock {
  advance(milliseconds: number): void
  /** Kept when the clock was turned so far. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
  /** Turns it step by step, letting everything happen that is due, until `done` or the time is up. */
  run(milliseconds: number, done?: () => boolean): Promise<void>
}

/** A clock that stands still until it is turned. */
export function handTurnedClock(start = new Date('2026-03-01T05:00:00Z')): HandTurnedClock {
  let now = start.getTime()
  const waiting = new Set<{ readonly due: number; readonly ring: () => void }>()
  const advance = (milliseconds: number): void => {
    now += milliseconds
    for (const alarm of waiting) if (alarm.due <= now) alarm.ring()
  }
  return {
    now: () => new Date(now),
    advance,
    wait: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          waiting.delete(alarm)
          reject(signal.reason as Error)
        }
        const ring = (): void => {
          waiting.delete(alarm)
          signal.removeEventListener('abort', stop)
          resolve()
        }
        const alarm = { due: now + milliseconds, ring }
        if (signal.aborted) {
          stop()
          return
        }
        signal.addEventListener('abort', stop, { once: true })
        waiting.add(alarm)
      }),
    async run(milliseconds, done = () => false) {
      for (const end = now + milliseconds; now < end && !done(); ) {
        advance(Math.min(1000, end - now))
        await settled()
      }
    },
  }
}

/** Everything that needs no time has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
}
