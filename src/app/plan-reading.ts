import type { SliceReading } from '../ports/catalogue.ts'
import { sliceCount } from '../repository/checking/choose-packs.ts'

/**
 * The slices of a repository that are read next, so that all are read once in `parts` runs: those first that were never
 * read, then those that were read longest ago. Slices in which damage was found are read again each time, until they are
 * whole: a rotation must not turn away from what it found.
 *
 * @param parts 1 to 256; may be another at every run
 */
export function planReading(readings: readonly SliceReading[], parts: number): readonly number[] {
  const known = new Map(readings.map((reading) => [reading.slice, reading]))
  const readAt = (slice: number): number => known.get(slice)?.readAt.getTime() ?? Number.NEGATIVE_INFINITY
  const all = Array.from({ length: sliceCount }, (_, slice) => slice)
  const due = all
    .toSorted((a, b) => (readAt(a) === readAt(b) ? a - b : readAt(a) < readAt(b) ? -1 : 1))
    .slice(0, Math.ceil(sliceCount / parts))
  const damaged = readings.filter(({ isDamaged }) => isDamaged).map(({ slice }) => slice)
  return [...new Set([...due, ...damaged])].toSorted((a, b) => a - b)
}

/** How far a rotation has come, when these slices are read and recorded. */
export function describeReading(readings: readonly SliceReading[], parts: number): string {
  const left = sliceCount - readings.length
  const runs = Math.ceil(left / Math.ceil(sliceCount / parts))
  if (left > 0) {
    const done = Math.floor((readings.length * 100) / sliceCount)
    return `${done} % of the packs were read so far: all will have been after ${runs} more run${runs === 1 ? '' : 's'}`
  }
  const oldest = Math.min(...readings.map(({ readAt }) => readAt.getTime()))
  return `every pack was read since ${new Date(oldest).toISOString().slice(0, 10)}`
}
