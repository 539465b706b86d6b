import type { Schedule } from '../ports/plan.ts'
import { type CronTimes, cronTimes } from './cron-times.ts'
import { jitter } from './jitter.ts'
import { type OpenTimes, openTimes } from './open-times.ts'

/** When runs are due: what cron says, moved by the jitter, and into the next window. */
export interface DueTimes {
  /** The first one after that time, which itself does not count. */
  after(time: Date): Date | undefined
  /** The last one up to that time, which itself counts. */
  upTo(time: Date): Date | undefined
}

/**
 * When a schedule is due next after that time; `undefined` when it never is, by the clock.
 *
 * @param seed of the jitter: the id of the plan
 * @throws RedomaError `USAGE` for a schedule that is none
 */
export function nextDue(schedule: Schedule, after: Date, seed: string): Date | undefined {
  return dueTimes(schedule, seed).after(after)
}

/** @throws RedomaError `USAGE` for a schedule that is none */
export function dueTimes({ cron, timeZone, jitterSeconds, windows }: Schedule, seed: string): DueTimes {
  if (cron === undefined) return { after: () => undefined, upTo: () => undefined }
  const times = cronTimes(cron, timeZone)
  const jittered = jitterSeconds === 0 ? times : withJitter(times, jitterSeconds * 1000, seed)
  return windows.length === 0 ? jittered : inWindows(jittered, openTimes(windows, timeZone))
}

/** None is moved to or past the one that follows it, so that they stay as many and in their order. */
function withJitter(times: CronTimes, limitMs: number, seed: string): DueTimes {
  const moved = (due: Date): Date => {
    const next = times.after(due)
    const room = next === undefined ? limitMs : next.getTime() - due.getTime()
    return new Date(due.getTime() + jitter(seed, due, Math.min(limitMs, room)))
  }
  return {
    after(time) {
      const last = times.upTo(time)
      const current = last === undefined ? undefined : moved(last)
      if (current !== undefined && current > time) return current
      const next = times.after(time)
      return next === undefined ? undefined : moved(next)
    },
    upTo(time) {
      const last = times.upTo(time)
      if (last === undefined) return undefined
      const current = moved(last)
      if (current <= time) return current
      const before = times.upTo(new Date(last.getTime() - 1))
      return before === undefined ? undefined : moved(before)
    },
  }
}

/** All that falls between two windows becomes one: the beginning of the next. */
function inWindows(times: DueTimes, open: OpenTimes): DueTimes {
  return {
    after(time) {
      const last = times.upTo(time)
      const waiting = last === undefined ? undefined : open.openFrom(last)
      if (waiting !== undefined && waiting > time) return waiting
      const next = times.after(time)
      return next === undefined ? undefined : open.openFrom(next)
    },
    upTo(time) {
      let last = times.upTo(time)
      while (last !== undefined) {
        const due = open.openFrom(last)
        if (due <= time) return due
        last = times.upTo(new Date(open.closedSince(last).getTime() - 1))
      }
      return undefined
    },
  }
}
