/** A span as calendars have it: a month is not a number of days. */
export interface CalendarSpan {
  readonly years: number
  readonly months: number
  readonly days: number
  readonly hours: number
}

/** An instant, and the zone in which its days begin. */
export interface ZonedTime {
  /** Nanoseconds since 1970. */
  readonly timeNs: bigint
  /** East of UTC. */
  readonly zoneMinutes: number
}

const nsPerMillisecond = 1_000_000n
const nsPerMinute = 60_000_000_000n
const nsPerHour = 60n * nsPerMinute
const earliestNs = -8_640_000_000_000_000n * nsPerMillisecond

/** `1y5m7d2h`; `''` for no span at all. */
export function formatSpan({ years, months, days, hours }: CalendarSpan): string {
  const parts = [
    [years, 'y'],
    [months, 'm'],
    [days, 'd'],
    [hours, 'h'],
  ] as const
  return parts.map(([number, unit]) => (number === 0 ? '' : `${number}${unit}`)).join('')
}

/**
 * The instant that lies a span before another, as Go reckons it: years, months and days on the calendar (a month before
 * 31 March is 31 February, which is 3 March), then hours by the clock.
 */
export function spanBefore(time: ZonedTime, span: CalendarSpan): bigint {
  const local = localDate(time)
  const day = new Date(local)
  day.setUTCFullYear(
    local.getUTCFullYear() - span.years,
    local.getUTCMonth() - span.months,
    local.getUTCDate() - span.days,
  )
  // Before what a date can hold is before every snapshot.
  if (Number.isNaN(day.getTime())) return earliestNs
  return time.timeNs + nsOf(day.getTime() - local.getTime()) - BigInt(span.hours) * nsPerHour
}

/** A date whose UTC fields are what a clock in the zone showed. */
export function localDate({ timeNs, zoneMinutes }: ZonedTime): Date {
  const localNs = timeNs + BigInt(zoneMinutes) * nsPerMinute
  const remainder = ((localNs % nsPerMillisecond) + nsPerMillisecond) % nsPerMillisecond
  return new Date(Number((localNs - remainder) / nsPerMillisecond))
}

function nsOf(milliseconds: number): bigint {
  return BigInt(milliseconds) * nsPerMillisecond
}
