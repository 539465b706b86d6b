import type { Catalogue, DestinationRecord } from '../../ports/catalogue.ts'
import type { KeptVerification } from '../../ports/verification.ts'
import { gauge, type Metric, type Sample, seconds } from './write-metrics.ts'

/** When each destination was last read back, and what was found; what was never looked at has none. */
export async function verificationMetrics(
  { verifications }: Pick<Catalogue, 'verifications'>,
  destinations: readonly DestinationRecord[],
): Promise<Metric[]> {
  const names = new Map(destinations.map(({ id, name }) => [id, name]))
  const kept = await verifications.list()
  const samplesOf = (valueOf: (one: KeptVerification) => number | undefined): Sample[] =>
    kept.flatMap((one) => {
      const value = valueOf(one)
      const destination = names.get(one.destinationId)
      return value === undefined || destination === undefined
        ? []
        : [{ labels: { destination, what: one.what }, value }]
    })
  return [
    gauge(
      'redoma_last_verification_timestamp_seconds',
      'When the ledger, or the repository, of a destination was last read back to its end.',
      samplesOf(({ last }) => last && seconds(last.at)),
    ),
    gauge(
      'redoma_last_verification_findings',
      'How much was wrong then; 0 where all was as it should be.',
      samplesOf(({ last }) => last?.count),
    ),
    gauge(
      'redoma_last_verification_failed',
      'Whether it could not be looked at since.',
      samplesOf(({ failed }) => (failed === undefined ? 0 : 1)),
    ),
  ]
}
