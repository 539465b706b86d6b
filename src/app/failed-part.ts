import { isRedomaError, messageOf } from '../core/errors.ts'
import type { Failure, RunPart } from '../ports/catalogue.ts'

/** What parts call a job of which nothing came, before its sources were known. */
export const allSources = 'all'

/** What went wrong, as it is kept with a run. */
export function failureOf(error: unknown): Failure {
  if (!isRedomaError(error)) return { code: 'INTERNAL', message: messageOf(error) }
  return { code: error.code, message: error.message, hint: error.hint }
}

/** A part of a run of which nothing came. */
export function failedPart(
  part: Pick<RunPart, 'job' | 'source' | 'destination' | 'startedAt'>,
  error: unknown,
  finishedAt: Date,
): RunPart {
  return {
    ...part,
    outcome: { kind: 'failed', failure: failureOf(error) },
    figures: { items: 0, itemsNew: 0, bytes: 0, bytesStored: 0 },
    finishedAt,
  }
}
