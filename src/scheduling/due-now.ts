import type { Plan, Schedule } from '../ports/plan.ts'
import { dueTimes } from './due-times.ts'
import { openTimes } from './open-times.ts'

/** What is known of a plan at one moment. */
export interface PlanMoment {
  /** What the last run was due at that the plan began of itself. */
  readonly lastDue?: Date | undefined
  /** When its last run began, however it came to. */
  readonly lastStarted?: Date | undefined
  /** When credentials were last seen to change. */
  readonly changedAt?: Date | undefined
  readonly now: Date
}

/** A run that should begin now. */
export interface Due {
  /** What it is claimed by. Of several that were missed it is the newest: one run makes up for all. */
  readonly at: Date
  readonly why: 'schedule' | 'changes'
}

/**
 * Whether a run of the plan should begin now. One that may not (outside of the windows, too soon after the last) stays due until it may.
 *
 * @throws RedomaError `USAGE` for a schedule that is none
 */
export function dueNow(
  { id, isEnabled, schedule, activeSince }: Pick<Plan, 'id' | 'isEnabled' | 'schedule' | 'activeSince'>,
  { lastDue, lastStarted, changedAt, now }: PlanMoment,
): Due | undefined {
  if (!isEnabled || isTooSoon(schedule, lastStarted, now)) return undefined
  const times = dueTimes(schedule, id)
  const settled = later(reallyPast(lastDue), reallyPast(activeSince))
  const bySchedule = times.upTo(now)
  const byChanges = dueByChanges(schedule, reallyPast(lastStarted), changedAt)
  const due = newestOf(bySchedule, byChanges === undefined || byChanges > now ? undefined : byChanges)
  if (due === undefined || (settled !== undefined && due.at <= settled)) return undefined
  return openTimes(schedule.windows, schedule.timeZone).isOpen(now) ? due : undefined

  /** Without a time so far ahead that the clock must have been set back since: the plan would sleep until then. */
  function reallyPast(time: Date | undefined): Date | undefined {
    if (time === undefined || time <= now) return time
    const next = times.after(now)
    const furthest = Math.max(next?.getTime() ?? 0, now.getTime() + hour)
    return time.getTime() > furthest ? undefined : time
  }
}

/**
 * Until when a plan that is not due stays so, if nothing happens and the clock goes on: before that time, `dueNow` says nothing. `undefined` when it stays so for ever.
 *
 * @param moment of which `dueNow` said nothing
 * @throws RedomaError `USAGE` for a schedule that is none
 */
export function quietUntil(
  { id, isEnabled, schedule }: Pick<Plan, 'id' | 'isEnabled' | 'schedule'>,
  { lastStarted, changedAt, now }: PlanMoment,
): Date | undefined {
  if (!isEnabled) return undefined
  const { leastSecondsBetween, afterChangesSeconds, timeZone, windows } = schedule
  const soonest = isTooSoon(schedule, lastStarted, now) ? after(lastStarted, leastSecondsBetween) : undefined
  if (soonest !== undefined) return soonest
  const open = openTimes(windows, timeZone)
  const times = [
    dueTimes(schedule, id).after(now),
    afterChangesSeconds === undefined ? undefined : after(changedAt, afterChangesSeconds),
    open.isOpen(now) ? undefined : open.openFrom(now),
  ]
  const later = times.filter((time) => time !== undefined && time > now).map(Number)
  return later.length === 0 ? undefined : new Date(Math.min(...later))
}

function after(time: Date | undefined, seconds: number): Date | undefined {
  return time === undefined ? undefined : new Date(time.getTime() + seconds * 1000)
}

const hour = 3_600_000

/** Whichever way the clock was set in between. */
function isTooSoon({ leastSecondsBetween }: Schedule, lastStarted: Date | undefined, now: Date): boolean {
  if (lastStarted === undefined) return false
  return Math.abs(now.getTime() - lastStarted.getTime()) < leastSecondsBetween * 1000
}

/** What changed before the last run began is in it. */
function dueByChanges(
  { afterChangesSeconds }: Schedule,
  lastStarted: Date | undefined,
  changedAt: Date | undefined,
): Date | undefined {
  if (afterChangesSeconds === undefined || changedAt === undefined) return undefined
  if (lastStarted !== undefined && changedAt <= lastStarted) return undefined
  return new Date(changedAt.getTime() + afterChangesSeconds * 1000)
}

function newestOf(bySchedule: Date | undefined, byChanges: Date | undefined): Due | undefined {
  if (bySchedule !== undefined && (byChanges === undefined || byChanges <= bySchedule))
    return { at: bySchedule, why: 'schedule' }
  return byChanges === undefined ? undefined : { at: byChanges, why: 'changes' }
}

function later(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return one > other ? one : other
}
