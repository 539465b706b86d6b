import type { Hook, Plan, Schedule } from '../../ports/plan.ts'
import { jobs as allJobs, type Job } from '../../ports/progress.ts'
import { nextDue } from '../../scheduling/due-times.ts'
import { formatTime } from '../figures.ts'
import { printable } from '../printable.ts'
import type { Style } from '../style.ts'

/** `0 5 * * * Europe/Lisbon`, and what else it says. */
export function scheduleWords(schedule: Schedule): string {
  const { cron, timeZone, jitterSeconds, windows, afterChangesSeconds, leastSecondsBetween } = schedule
  const words = [
    ...(cron === undefined ? [] : [`${cron} ${timeZone}`]),
    ...(jitterSeconds === 0 ? [] : [`up to ${spanWords(jitterSeconds)} later`]),
    ...(afterChangesSeconds === undefined ? [] : [`${spanWords(afterChangesSeconds)} after changes`]),
    ...(windows.length === 0 ? [] : [`from ${windows.map(({ from, to }) => `${from} to ${to}`).join(', ')}`]),
    ...(leastSecondsBetween === 0 ? [] : [`not more often than every ${spanWords(leastSecondsBetween)}`]),
  ]
  return cron === undefined && afterChangesSeconds === undefined ? 'by hand' : printable(words.join(', '))
}

/** `90s`, `10m`, `1h`, `2d`: as options take it. */
export function spanWords(seconds: number): string {
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'm'],
  ] as const
  const [size, unit] = units.find(([one]) => seconds >= one && seconds % one === 0) ?? [1, 's']
  return `${seconds / size}${unit}`
}

export function namesWords(names: readonly string[]): string {
  return names.length === 0 ? 'all' : names.map(printable).join(', ')
}

export function hookWords({ argv, limitSeconds }: Hook): string {
  return `${argv.map((word) => printable(/^[\w./:=@%+-]+$/.test(word) ? word : JSON.stringify(word))).join(' ')} (${spanWords(limitSeconds)} at most)`
}

/** When it is due next; what cannot be told stays readable. */
export function nextWords({ id, isEnabled, schedule }: Plan, now: Date, style: Style): string {
  if (!isEnabled) return style.yellow('switched off')
  const next = nextDue(schedule, now, id)
  if (next !== undefined) return formatTime(next)
  return schedule.afterChangesSeconds === undefined ? 'by hand' : 'after changes'
}

/** As what is said of sources and destinations: most plans do all, and a row has to fit into 80 columns. */
export function jobsWords(jobs: readonly Job[]): string {
  return allJobs.every((job) => jobs.includes(job)) ? 'all' : jobs.join(', ')
}
