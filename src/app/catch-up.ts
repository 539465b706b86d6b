import { isRedomaError, messageOf } from '../core/errors.ts'
import type { Catalogue, DestinationRecord, MissedSnapshot } from '../ports/catalogue.ts'
import type { Log } from '../ports/log.ts'
import type { Progress } from '../ports/progress.ts'
import { type CopyResult, copySnapshots } from '../repository/copying/copy-snapshots.ts'
import type { Repository } from '../repository/repository.ts'
import { listSnapshots } from '../repository/snapshots/list-snapshots.ts'
import { openRepositoryOf } from './open-repository-of.ts'
import { repositoryProgress } from './repository-progress.ts'
import type { SystemRepositoryDeps } from './restore-system.ts'
import type { Target } from './target.ts'

export interface CatchUpDeps extends SystemRepositoryDeps {
  readonly catalogue: Pick<Catalogue, 'destinations' | 'missed'>
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly reach: (record: DestinationRecord) => Promise<Target>
}

/**
 * Copies to a destination what it missed while it could not be reached, from where it was stored then. What is gone there, too, is
 * not missed any longer.
 *
 * @param to the repository of `target`
 * @returns what is still missed, a sentence for each destination that it could have come from
 */
export async function catchUp(
  deps: CatchUpDeps,
  target: Target,
  to: Repository,
  progress: Progress,
  signal: AbortSignal,
): Promise<string[]> {
  const missed = await deps.catalogue.missed.list(target.record)
  const others = await deps.catalogue.destinations.list()
  const still: string[] = []
  for (const [name, snapshots] of Map.groupBy(missed, ({ destination }) => destination)) {
    const origin = others.find((other) => other.name === name)
    // Another destination may have this name by now.
    const there = snapshots.filter(({ run }) => origin !== undefined && run > origin.runsBefore)
    if (origin === undefined || there.length === 0) continue
    const catching = { deps, target, to, origin, snapshots: there }
    try {
      still.push(...(await catchUpFrom(catching, progress, signal)))
    } catch (error) {
      signal.throwIfAborted()
      still.push(stillMissed(there, origin, messageOf(error)))
    }
  }
  return still
}

interface Catching {
  readonly deps: CatchUpDeps
  readonly target: Target
  readonly to: Repository
  readonly origin: DestinationRecord
  readonly snapshots: readonly MissedSnapshot[]
}

async function catchUpFrom(
  { deps, target, to, origin, snapshots }: Catching,
  progress: Progress,
  signal: AbortSignal,
): Promise<string[]> {
  const { record } = target
  const { catalogue, clock, log } = deps
  using from = await openRepositoryOf(deps, await deps.reach(origin), deps.locking, signal)
  const there = await listSnapshots(from, signal)
  const stored = new Set<string>(there.snapshots.map(({ id }) => id))
  const damaged = new Set<string>(there.damaged.map(({ id }) => id))
  const wanted = snapshots.filter(({ id }) => stored.has(id))
  const gone = snapshots.filter(({ id }) => !stored.has(id) && !damaged.has(id))
  if (gone.length > 0) {
    await catalogue.missed.settle(record.id, idsOf(gone), clock.now())
    log.info('not missed any longer', { destination: record.name, of: origin.name, snapshots: gone.length })
  }
  if (wanted.length === 0) return []
  progress({ kind: 'step', title: `What ${record.name} missed, from ${origin.name}`, unit: 'bytes' })
  const request = {
    snapshots: wanted.map(({ id }) => id as (typeof there.snapshots)[number]['id']),
    dryRun: false,
  }
  const result = await copySnapshots(from, to, request, repositoryProgress(progress), signal)
  const copied = copiesIn(result)
  await catalogue.missed.settle(record.id, copied, clock.now())
  log.info('caught up', {
    destination: record.name,
    from: origin.name,
    snapshots: copied.length,
    bytes: result.bytesStored,
  })
  const failed = result.snapshots.flatMap((one) => (one.kind === 'failed' ? [one] : []))
  return failed.map(({ snapshot, error }) =>
    stillMissed(
      wanted.filter(({ id }) => id === snapshot.id),
      origin,
      isRedomaError(error) ? error.message : messageOf(error),
    ),
  )
}

function copiesIn({ snapshots }: CopyResult): string[] {
  return snapshots.flatMap(({ kind, snapshot }) =>
    kind === 'copied' || kind === 'there-already' ? [snapshot.id] : [],
  )
}

function idsOf(snapshots: readonly MissedSnapshot[]): string[] {
  return snapshots.map(({ id }) => id)
}

function stillMissed(snapshots: readonly MissedSnapshot[], origin: DestinationRecord, why: string): string {
  const runs = [...new Set(snapshots.map(({ run }) => run))]
  const which = runs.length === 1 ? `run ${runs[0]}` : `runs ${runs[0]} to ${runs.at(-1)}`
  return `what ${which} stored at ${origin.name} is still missing here: ${why}`
}
