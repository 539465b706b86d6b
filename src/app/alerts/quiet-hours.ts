import type { QuietHours } from '../../ports/channel.ts'

const minuteMs = 60_000
/** A day on which clocks are set back has 25 hours, and there may be stranger ones. */
const longestMinutes = 27 * 60

export function isQuiet(hours: QuietHours, at: Date): boolean {
  return isQuietAt(hours, timeOfDay(hours.zone)(at))
}

/** When they are over, to the minute: `at` where they are not now. */
export function endOfQuiet(hours: QuietHours, at: Date): Date {
  const local = timeOfDay(hours.zone)
  if (!isQuietAt(hours, local(at))) return at
  const minute = Math.floor(at.getTime() / minuteMs)
  for (let passed = 1; passed < longestMinutes; passed++) {
    // Minute by minute, as clocks are set forth and back: 02:30 may not come, or come twice.
    const later = new Date((minute + passed) * minuteMs)
    if (!isQuietAt(hours, local(later))) return later
  }
  return new Date((minute + longestMinutes) * minuteMs)
}

function isQuietAt({ from, to }: QuietHours, time: string): boolean {
  return from < to ? time >= from && time < to : time >= from || time < to
}

/** `23:05`, as clocks on the wall show it there. */
function timeOfDay(zone: string): (at: Date) => string {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return (at) => clock.format(at)
}
