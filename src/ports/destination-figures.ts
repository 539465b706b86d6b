import type { ErrorCode } from '../core/errors.ts'

/** What went to a destination and came from it. Plain values, counted on as it goes. */
export interface DestinationFigures {
  /** Objects put, and bytes of them that were handed over, those of puts that failed among them. */
  readonly puts: number
  readonly bytesUp: number
  /** While at least one put or flush was under way. */
  readonly upMs: number
  readonly gets: number
  readonly bytesDown: number
  /** While at least one object was read. */
  readonly downMs: number
  readonly lists: number
  readonly removals: number
  readonly flushes: number
  /** Calls that failed, by what they failed with; a stop is no failure. */
  readonly failures: Readonly<Partial<Record<ErrorCode, number>>>
}
