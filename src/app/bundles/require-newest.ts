import type { LedgerEntry } from '../../bundle/ledger/line.ts'
import { isRedomaError, messageOf, RedomaError } from '../../core/errors.ts'
import type { Destination } from '../../ports/destination.ts'
import { digestObject } from '../object-digest.ts'

interface Listed {
  readonly entry: LedgerEntry
  readonly sequence: number
}

/**
 * A ledger says what was put; whether it is still there, only the destination can.
 *
 * @throws RedomaError `VERIFICATION_FAILED`; what the destination throws
 */
export async function requireNewest(
  newest: Listed | undefined,
  destination: Destination,
  signal: AbortSignal,
): Promise<void> {
  if (newest === undefined) return
  const { object, bytes, sha256 } = newest.entry
  try {
    if ((await digestObject(destination, object, signal, bytes)).sha256 === sha256) return
  } catch (error) {
    const codes = ['OBJECT_NOT_FOUND', 'DATA_DAMAGED', 'OBJECT_UNREADABLE'] as const
    if (!codes.some((code) => isRedomaError(error, code))) throw error
    throw notProven(newest, messageOf(error), error)
  }
  throw notProven(newest, 'it was altered')
}

function notProven({ sequence }: Listed, why: string, cause?: unknown): RedomaError {
  return new RedomaError(
    'VERIFICATION_FAILED',
    `the newest bundle, ${sequence}, is not there as it was put (${why}): the older ones stay`,
    { hint: 'Make another first: redoma backup create --only secrets', cause },
  )
}
