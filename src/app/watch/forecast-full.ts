import type { RoomLeft } from '../../ports/destination-state.ts'

const dayMs = 24 * 60 * 60 * 1000
/** Of fewer, or of a shorter time, nothing can be said. */
const fewestPoints = 4
const shortestMs = 2 * dayMs
/** Older ones say little of tomorrow. */
export const mostPoints = 30
/** So many of the pairs must agree that it gets less, or it is not a trend. */
const agreement = 2 / 3
/** Beyond it, it is a guess. */
const farthestDays = 365

/**
 * In how many days a destination will be full, if it goes on as it did: the median of the slopes of all pairs of points (Theil and Sen),
 * which a prune, a first backup or a night of somebody else's do not turn. What is free tells of what others write there too, which
 * what we stored would not. `undefined` where there is no trend, or too little to tell.
 */
export function forecastFull(points: readonly RoomLeft[]): number | undefined {
  const known = points.toSorted((a, b) => a.at.getTime() - b.at.getTime()).slice(-mostPoints)
  const [first, last] = [known[0], known.at(-1)]
  if (known.length < fewestPoints || first === undefined || last === undefined) return undefined
  if (last.at.getTime() - first.at.getTime() < shortestMs) return undefined
  const slopes = slopesOf(known)
  const bytesPerDay = -medianOf(slopes)
  const falling = slopes.filter((slope) => slope < 0).length
  if (!(bytesPerDay > 0) || falling < slopes.length * agreement) return undefined
  const days = last.freeBytes / bytesPerDay
  return days <= farthestDays ? days : undefined
}

/** Of all pairs that are apart in time, in bytes a day. */
function slopesOf(points: readonly RoomLeft[]): number[] {
  return points.flatMap((a, index) =>
    points.slice(index + 1).flatMap((b) => {
      const days = (b.at.getTime() - a.at.getTime()) / dayMs
      return days > 0 ? [(b.freeBytes - a.freeBytes) / days] : []
    }),
  )
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2
}
