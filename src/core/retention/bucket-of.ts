import { localDate, type ZonedTime } from './calendar-span.ts'
import type { Period } from './policy.ts'

/** A number that is the same for all times of one hour, day, ISO week, month or year, in the zone that each was noted in. */
export function bucketOf(period: Period, time: ZonedTime): number {
  const date = localDate(time)
  const year = date.getUTCFullYear()
  const month = year * 100 + date.getUTCMonth() + 1
  const day = month * 100 + date.getUTCDate()
  switch (period) {
    case 'hourly':
      return day * 100 + date.getUTCHours()
    case 'daily':
      return day
    case 'weekly':
      return isoWeek(date)
    case 'monthly':
      return month
    case 'yearly':
      return year
  }
}

/** Year and week by ISO 8601: a week belongs to the year that its Thursday is in. */
function isoWeek(date: Date): number {
  const thursday = new Date(date)
  thursday.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7) + 3)
  const year = thursday.getUTCFullYear()
  const dayOfYear = (thursday.getTime() - new Date(thursday).setUTCMonth(0, 1)) / 86_400_000
  return year * 100 + Math.floor(dayOfYear / 7) + 1
}
