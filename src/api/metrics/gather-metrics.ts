import { forecastFull } from '../../app/watch/forecast-full.ts'
import type { Catalogue, DestinationRecord } from '../../ports/catalogue.ts'
import { conditions, type DestinationWatch } from '../../ports/destination-state.ts'
import type { Incident } from '../../ports/incident.ts'
import type { ApiDeps } from '../deps.ts'
import { copyMetrics } from './copy-metrics.ts'
import { verificationMetrics } from './verification-metrics.ts'
import { gauge, type Metric, type Sample, seconds } from './write-metrics.ts'

/** What the catalogue says of the instance, and nothing that a destination would have to be asked for. */
export async function gatherMetrics({ instance, clock, version }: ApiDeps): Promise<readonly Metric[]> {
  const { catalogue } = instance
  const destinations = await catalogue.destinations.list()
  const watched = await catalogue.watch.list()
  const { name } = catalogue.instance
  return [
    gauge('redoma_build_info', 'The version that runs, and the instance that it serves.', [
      { labels: { version, instance_name: name }, value: 1 },
    ]),
    gauge('redoma_credentials', 'Credentials in the registry.', [
      { value: await catalogue.credentials.count() },
    ]),
    await runMetric(catalogue),
    ...(await incidentMetrics(catalogue)),
    ...destinationMetrics(destinations, watched),
    ...(await copyMetrics(catalogue, destinations, clock.now())),
    ...(await verificationMetrics(catalogue, destinations)),
    ...(await readinessMetrics(instance.reportReadiness)),
  ]
}

async function runMetric({ runs }: Catalogue): Promise<Metric> {
  const counts = Object.entries(await runs.count())
  const samples = counts.map(([state, value]) => ({ labels: { state }, value }))
  return gauge('redoma_runs', 'Runs in the catalogue, by their state.', samples)
}

async function incidentMetrics({ incidents }: Catalogue): Promise<readonly Metric[]> {
  const open = await incidents.open()
  const known = open.filter(({ acknowledged }) => acknowledged !== undefined)
  return [
    gauge('redoma_incidents_open', 'Incidents that last, by their kind and severity.', countsOf(open)),
    gauge('redoma_incidents_acknowledged', 'Those of them that somebody knows of.', countsOf(known)),
  ]
}

function countsOf(incidents: readonly Incident[]): Sample[] {
  const groups = Map.groupBy(incidents, ({ kind, severity }) => JSON.stringify({ kind, severity }))
  return [...groups].map(([labels, { length }]) => ({
    labels: JSON.parse(labels) as Record<string, string>,
    value: length,
  }))
}

const secondsPerDay = 86_400

function destinationMetrics(
  destinations: readonly DestinationRecord[],
  watched: ReadonlyMap<string, DestinationWatch>,
): Metric[] {
  const known = destinations.map(({ id, name }) => ({ name, watch: watched.get(id) }))
  const samplesOf = (valueOf: (watch: DestinationWatch) => number | undefined): Sample[] =>
    known.flatMap(({ name, watch }) => {
      const value = watch && valueOf(watch)
      return value === undefined ? [] : [{ labels: { destination: name }, value }]
    })
  const states = known.flatMap(({ name, watch }) =>
    [...conditions, 'unknown'].map((condition) => ({
      labels: { destination: name, condition },
      value: (watch?.state.condition ?? 'unknown') === condition ? 1 : 0,
    })),
  )
  return [
    gauge('redoma_destination_condition', 'How a destination does: 1 for the condition it is in.', states),
    gauge(
      'redoma_destination_probed_timestamp_seconds',
      'When a destination was last probed.',
      samplesOf(({ state }) => seconds(state.recent.at(-1)?.at)),
    ),
    gauge(
      'redoma_destination_free_bytes',
      'Free at a destination, when it was last looked at.',
      samplesOf(({ findings, room }) => room.at(-1)?.freeBytes ?? findings?.space?.freeBytes),
    ),
    gauge(
      'redoma_destination_size_bytes',
      'Size of a destination, when it was last probed.',
      samplesOf(({ findings }) => findings?.space?.totalBytes),
    ),
    gauge(
      'redoma_destination_full_in_seconds',
      'Until a destination is full, if it goes on as it did; absent where that cannot be told.',
      samplesOf(({ room }) => {
        const days = forecastFull(room)
        return days === undefined ? undefined : Math.round(days * secondsPerDay)
      }),
    ),
  ]
}

async function readinessMetrics(reportReadiness: ApiDeps['instance']['reportReadiness']): Promise<Metric[]> {
  const report = await reportReadiness()
  const provenAt = seconds(report?.readiness.provenAt)
  return [
    gauge('redoma_recovery_key_generation', 'The newest recovery key; 0 before the first ceremony.', [
      { value: report?.readiness.generation ?? 0 },
    ]),
    gauge(
      'redoma_recovery_key_proven_timestamp_seconds',
      'When it was last proven that the newest recovery key can be used.',
      provenAt === undefined ? [] : [{ value: provenAt }],
    ),
  ]
}
