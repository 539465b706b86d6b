import { messageOf } from '../../core/errors.ts'
import type { Catalogue, DestinationRecord } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Notifier } from '../../ports/notifier.ts'
import type { Progress } from '../../ports/progress.ts'
import { inTurn } from '../in-turn.ts'
import { type MadeProbe, type ProbeStep, takeIn } from './take-in.ts'

export interface WatchDestinationsDeps {
  readonly catalogue: Pick<Catalogue, 'destinations' | 'watch'>
  readonly clock: Clock
  readonly log: Log
  readonly processId: number
  /** In a way that holds nobody for ever, whatever the destination does. */
  probe(record: DestinationRecord, signal: AbortSignal): Promise<MadeProbe['outcome']>
  /** Remembers what the server has shown of itself meanwhile. */
  noteCertificate?(record: DestinationRecord): Promise<unknown>
}

export interface WatchRequest {
  /** Names; every destination when empty. One that is not there any more is passed over. */
  readonly names: readonly string[]
  readonly notifier: Notifier
  readonly progress: Progress
}

/** A destination that was probed, and what is known of it now. */
export interface Probed extends ProbeStep {
  readonly record: DestinationRecord
  readonly outcome: MadeProbe['outcome']
}

/**
 * Probes destinations, each by itself and all at once; records what is found; and tells what changed, once it is recorded. Changes that
 * another process recorded and died before it told them are told, too.
 *
 * @throws RedomaError `FILE_FAILED` when the catalogue is busy, `CATALOGUE_DAMAGED`, `CANCELLED`; after all probes have ended
 */
export type WatchDestinations = (request: WatchRequest, signal: AbortSignal) => Promise<readonly Probed[]>

export function makeWatchDestinations(deps: WatchDestinationsDeps): WatchDestinations {
  const { catalogue, clock, log } = deps
  const turn = inTurn()
  /** What was told, and could not be marked so. */
  const told = new Set<number>()

  async function probeOne(record: DestinationRecord, { notifier }: WatchRequest, signal: AbortSignal) {
    const begunAt = clock.now()
    const outcome = await deps.probe(record, signal)
    const probe = { outcome, begunAt, endedAt: clock.now() }
    await deps.noteCertificate?.(record)
    const step = await catalogue.watch.record(record.id, (known) => takeIn(known, probe))
    if (step === undefined) return undefined
    await tellChanges(notifier)
    return { ...step, record, outcome }
  }

  /** One after the other, or two destinations that end at once would tell the same. */
  function tellChanges(notifier: Notifier): Promise<void> {
    return turn('telling', async () => {
      for (const change of await catalogue.watch.takeUntold(deps.processId)) {
        try {
          if (!told.has(change.id)) await notifier.tell({ kind: 'destination-changed', change })
          told.add(change.id)
          await catalogue.watch.markTold(change.id, clock.now())
          told.delete(change.id)
        } catch (error) {
          // It stays this process's to tell.
          log.warn('change not told', { change: change.id, why: messageOf(error) })
        }
      }
    })
  }

  return async (request, signal) => {
    const all = await catalogue.destinations.list()
    const chosen = all.filter(({ name }) => request.names.length === 0 || request.names.includes(name))
    await tellChanges(request.notifier)
    let done = 0
    request.progress({ kind: 'step', title: 'Probing', total: chosen.length, unit: 'records' })
    const ended = await Promise.allSettled(
      chosen.map(async (record) => {
        const probed = await probeOne(record, request, signal)
        request.progress({ kind: 'advance', done: ++done, detail: record.name })
        return probed
      }),
    )
    const failed = ended.find((end) => end.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    return ended.flatMap((end) => (end.status === 'fulfilled' && end.value !== undefined ? [end.value] : []))
  }
}
