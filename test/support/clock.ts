import type { Clock } from '../../src/ports/clock.ts'

export interface HandTurnedClock extends Clock {
  advance(milliseconds: number): void
}

/** A clock that stands still until it is turned. */
export function handTurnedClock(start = new Date('2026-03-01T05:00:00Z')): HandTurnedClock {
  let now = start.getTime()
  return {
    now: () => new Date(now),
    advance: (milliseconds) => {
      now += milliseconds
    },
  }
}
