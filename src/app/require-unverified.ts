import { isRedomaError, RedomaError } from '../core/errors.ts'
import type { Catalogue, DestinationRecord } from '../ports/catalogue.ts'

/** Held while a destination is verified by a daemon, whoever asked for it. */
export function leaseOfVerification({ id, name }: Pick<DestinationRecord, 'id' | 'name'>): {
  readonly id: string
  readonly name: string
} {
  return { id: `verification of ${id}`, name }
}

/**
 * Says of destinations that none of them is being verified, before more is begun: a verification of several would end in the midst.
 *
 * @throws RedomaError `RUN_UNDER_WAY`
 */
export async function requireUnverified(
  { leases }: Pick<Catalogue, 'leases'>,
  records: readonly Pick<DestinationRecord, 'id' | 'name'>[],
): Promise<void> {
  for (const record of records) {
    try {
      await leases.requireFree(leaseOfVerification(record).id)
    } catch (error) {
      if (!isRedomaError(error, 'RUN_UNDER_WAY')) throw error
      throw new RedomaError('RUN_UNDER_WAY', `${record.name} is being verified already`, {
        hint: 'By the schedule, by another node, or since somebody asked for it: wait for its end. GET /verifications has what it found.',
        cause: error,
      })
    }
  }
}
