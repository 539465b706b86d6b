import { currentObjects, entriesOf } from '../bundle/ledger/current-objects.ts'
import { messageOf } from '../core/errors.ts'
import type { Catalogue, RunPart } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { StampLedger } from './stamp-ledger.ts'
import type { Target } from './target.ts'

/**
 * Has the ledgers that a run has written stamped, where the configuration names an authority. A backup without a stamp is a backup: that there is
 * none is a warning of the run.
 *
 * @returns a part for each ledger that has no stamp of its newest lines
 */
export type StampLedgers = (targets: readonly Target[], signal: AbortSignal) => Promise<readonly RunPart[]>

export interface StampLedgersDeps {
  readonly catalogue: Pick<Catalogue, 'timestamping' | 'ledgers'>
  readonly stampLedger: StampLedger
  readonly clock: Clock
  readonly log: Log
}

export function makeStampLedgers({ catalogue, stampLedger, clock, log }: StampLedgersDeps): StampLedgers {
  return async (targets, signal) => {
    const wanted = await catalogue.timestamping.get()
    if (wanted === undefined) return []
    const parts: RunPart[] = []
    for (const target of targets) {
      const { id, name: destination } = target.record
      if (await isStamped(catalogue, id)) continue
      const startedAt = clock.now()
      try {
        const { sequence, time, authority, warnings } = await stampLedger(
          target,
          wanted.authority,
          wanted.certificates,
          signal,
        )
        log.info('ledger stamped', { destination, line: sequence, at: time.toISOString(), by: authority })
        if (warnings.length > 0) parts.push(warnedPart(destination, warnings, startedAt, clock.now()))
      } catch (error) {
        signal.throwIfAborted()
        const warning = `The ledger at ${destination} has no time stamp of this run: ${messageOf(error)}`
        parts.push(warnedPart(destination, [warning], startedAt, clock.now()))
      }
    }
    return parts
  }
}

/** Nothing but the stamp was written since the last one; or nothing at all. */
async function isStamped({ ledgers }: Pick<Catalogue, 'ledgers'>, id: string): Promise<boolean> {
  const entries = entriesOf(await ledgers.lines(id))
  const newest = entries.at(-1)
  if (newest === undefined) return true
  return newest.detail['stamps'] !== undefined && currentObjects(entries).has(newest.object)
}

function warnedPart(
  destination: string,
  warnings: readonly string[],
  startedAt: Date,
  finishedAt: Date,
): RunPart {
  return {
    ...{ job: 'secrets', source: 'time stamp', destination, startedAt, finishedAt },
    outcome: { kind: 'done-with-warnings', warnings },
    figures: { items: 0, itemsNew: 0, bytes: 0, bytesStored: 0 },
  }
}
