import { RedomaError } from '../core/errors.ts'
import type { Window } from '../ports/plan.ts'
import { type CronTimes, cronTimes } from './cron-times.ts'

/** When runs may begin. */
export interface OpenTimes {
  isOpen(time: Date): boolean
  /** That time, or the beginning of the next window. */
  openFrom(time: Date): Date
  /** Since when it has been closed, of a time when it is. */
  closedSince(time: Date): Date
}

/** @throws RedomaError `USAGE` */
export function openTimes(windows: readonly Window[], timeZone: string): OpenTimes {
  const beginnings = windows.map(({ from }) => dailyAt(from, timeZone))
  const ends = windows.map(({ to }) => dailyAt(to, timeZone))
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const isOpen = (time: Date): boolean => {
    if (windows.length === 0) return true
    const now = clock.format(time)
    return windows.some(({ from, to }) => (from < to ? from <= now && now < to : from <= now || now < to))
  }
  return {
    isOpen,
    openFrom(time) {
      let at = time
      // On the day of a change of the clocks a short window may not come at all.
      while (!isOpen(at)) at = earliest(beginnings.map((times) => times.after(at)))
      return at
    },
    closedSince: (time) => latest(ends.map((times) => times.upTo(time))),
  }
}

function dailyAt(time: string, timeZone: string): CronTimes {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? []
  if (hour === undefined || minute === undefined) throw noWindow(time)
  return cronTimes(`${Number(minute)} ${Number(hour)} * * *`, timeZone)
}

function earliest(times: readonly (Date | undefined)[]): Date {
  return new Date(Math.min(...times.map(numberOf)))
}

function latest(times: readonly (Date | undefined)[]): Date {
  return new Date(Math.max(...times.map(numberOf)))
}

/** There is one each day. */
function numberOf(time: Date | undefined): number {
  if (time === undefined) throw new RedomaError('INTERNAL', 'a time of the day that never comes')
  return time.getTime()
}

/**
 * `22:00-06:00`, as people write it.
 *
 * @throws RedomaError `USAGE`
 */
export function parseWindow(text: string): Window {
  const [from, to, ...more] = text.split('-').map((time) => time.trim())
  if (from === undefined || to === undefined || more.length > 0) throw noWindow(text)
  const window = { from: withZero(from), to: withZero(to) }
  requireWindow(window)
  return window
}

function withZero(time: string): string {
  return /^\d:/.test(time) ? `0${time}` : time
}

/** @throws RedomaError `USAGE` */
export function requireWindow(window: Window): void {
  const text = `${window.from}-${window.to}`
  for (const time of [window.from, window.to])
    if (!/^(?:[01]\d|2[0-3]):[0-5]\d$/.test(time)) throw noWindow(text)
  if (window.from === window.to) throw noWindow(text)
}

function noWindow(text: string): RedomaError {
  return new RedomaError('USAGE', `${JSON.stringify(text)} is not a window`, {
    hint: 'Windows look like 22:00-06:00, and the second time is outside.',
  })
}
