import { sourceOf } from '../../app/bundles/prepared.ts'
import { instanceSource } from '../../app/stage-instance.ts'
import { wholeVault } from '../../ports/bundle-store.ts'
import type { Catalogue, DestinationRecord, RunPart } from '../../ports/catalogue.ts'
import { gauge, type Metric, type Sample, seconds } from './write-metrics.ts'

/**
 * How old the last good copy is of each job and source at each destination, and what it took. A source that was removed is left out:
 * its copy gets no younger any more, and nobody wants to be woken by it.
 */
export async function copyMetrics(
  { runs, sources, scopes }: Catalogue,
  destinations: readonly DestinationRecord[],
  now: Date,
): Promise<Metric[]> {
  const registered = new Set([
    ...(await sources.list()).map(({ name }) => name),
    ...(await scopes.list()).map(({ name }) => sourceOf(name)),
    ...[sourceOf(wholeVault), instanceSource],
  ])
  const all = (await Promise.all(destinations.map((destination) => runs.lastCopies(destination))))
    .flat()
    .filter(({ last }) => registered.has(last.source))
  const good = all.flatMap(({ lastGood }) => lastGood ?? [])
  const of = (parts: readonly RunPart[], valueOf: (part: RunPart) => number): Sample[] =>
    parts.map((part) => ({ labels: labelsOf(part), value: valueOf(part) }))
  return [
    gauge(
      'redoma_last_good_copy_timestamp_seconds',
      'When the last copy was made that did not fail.',
      of(good, ({ finishedAt }) => seconds(finishedAt) ?? 0),
    ),
    gauge(
      'redoma_last_good_copy_age_seconds',
      'How old the last copy is that did not fail.',
      of(good, ({ finishedAt }) => (now.getTime() - finishedAt.getTime()) / 1000),
    ),
    gauge(
      'redoma_last_good_copy_duration_seconds',
      'How long that copy took.',
      of(good, ({ startedAt, finishedAt }) => (finishedAt.getTime() - startedAt.getTime()) / 1000),
    ),
    gauge(
      'redoma_last_good_copy_bytes',
      'Bytes in the clear that this copy protects.',
      of(good, ({ figures }) => figures.bytes),
    ),
    gauge(
      'redoma_last_good_copy_stored_bytes',
      'Bytes that it added at the destination.',
      of(good, ({ figures }) => figures.bytesStored),
    ),
    gauge(
      'redoma_last_copy_failed',
      '1 where the last copy failed, whether or not there is an older good one.',
      of(
        all.map(({ last }) => last),
        ({ outcome }) => (outcome.kind === 'failed' ? 1 : 0),
      ),
    ),
  ]
}

function labelsOf({ job, source, destination }: RunPart): Record<string, string> {
  return { kind: job, source, destination }
}
