import { messageOf } from '../core/errors.ts'
import type { Catalogue, DestinationRecord, MissedSnapshot } from '../ports/catalogue.ts'
import type { Log } from '../ports/log.ts'
import type { Progress } from '../ports/progress.ts'
import { copySnapshots } from '../repository/copying/copy-snapshots.ts'
import type { Repository } from '../repository/repository.ts'
import { listSnapshots } from '../repository/snapshots/list-snapshots.ts'
import { openRepositoryOf } from './open-repository-of.ts'
import { repositoryProgress } from './repository-progress.ts'
import type { SystemRepositoryDeps } from './restore-system.ts'
import type { Target } from './target.ts'

/** `locking` is for where it is copied from, where others of this instance may be at work: without a lease, or their locks are of the dead. */
export interface CatchUpDeps extends SystemRepositoryDeps {
  readonly catalogue: Pick<Catalogue, 'destinations' | 'missed'>
  readonly log: Pick<Log, 'info'>
  readonly reach: (record: DestinationRecord) => Promise<Target>
}

/**
 * Copies to a destination what it missed while it could not be reached, from one that it was stored at then. What is gone everywhere is
 * not missed any longer.
 *
 * @param to the repository of `target`
 * @returns what is still missed, a sentence for each destination that it could have come from
 */
export async function catchUp(
  deps: CatchUpDeps,
  { record }: Target,
  to: Repository,
  progress: Progress,
  signal: AbortSignal,
): Promise<string[]> {
  const missed = await missedElsewhere(deps, record)
  /** Whatever it is called at each destination. */
  const waiting = Map.groupBy(missed, asMade)
  const failures: {
    readonly origin: DestinationRecord
    readonly of: readonly MissedSnapshot[]
    readonly why: string
  }[] = []
  for (const [origin, snapshots] of Map.groupBy(missed, ({ origin: one }) => one)) {
    const wanted = snapshots.filter((one) => waiting.has(asMade(one)))
    if (wanted.length === 0) continue
    const outcome = await catchUpFrom({ deps, record, to, origin, wanted }, progress, signal)
    const settled = outcome.copied.flatMap((one) => waiting.get(asMade(one)) ?? [])
    await deps.catalogue.missed.settle(record.id, idsOf([...settled, ...outcome.gone]), deps.clock.now())
    for (const one of outcome.copied) waiting.delete(asMade(one))
    failures.push(...outcome.failed.map((failed) => ({ origin, ...failed })))
  }
  return failures.flatMap(({ origin, of, why }) => {
    const still = of.filter((one) => waiting.has(asMade(one)))
    return still.length === 0 ? [] : [stillMissed(still, origin, why)]
  })
}

type Missed = MissedSnapshot & { readonly origin: DestinationRecord }

/** From destinations that are still there: another may have the name of one that was removed. */
async function missedElsewhere(
  { catalogue }: CatchUpDeps,
  record: DestinationRecord,
): Promise<readonly Missed[]> {
  const others = await catalogue.destinations.list()
  return (await catalogue.missed.list(record)).flatMap((snapshot) => {
    const origin = others.find(({ name }) => name === snapshot.destination)
    return origin === undefined || snapshot.run <= origin.runsBefore ? [] : [{ ...snapshot, origin }]
  })
}

/** What one run made of one source is the same at each destination, under ids of their own. */
function asMade({ run, source }: MissedSnapshot): string {
  return `${run} ${source}`
}

interface Catching {
  readonly deps: CatchUpDeps
  readonly record: DestinationRecord
  readonly to: Repository
  readonly origin: DestinationRecord
  readonly wanted: readonly MissedSnapshot[]
}

interface Outcome {
  readonly copied: readonly MissedSnapshot[]
  /** Not at the origin any more. */
  readonly gone: readonly MissedSnapshot[]
  readonly failed: readonly { readonly of: readonly MissedSnapshot[]; readonly why: string }[]
}

async function catchUpFrom(catching: Catching, progress: Progress, signal: AbortSignal): Promise<Outcome> {
  try {
    return await copyFrom(catching, progress, signal)
  } catch (error) {
    signal.throwIfAborted()
    return { copied: [], gone: [], failed: [{ of: catching.wanted, why: messageOf(error) }] }
  }
}

async function copyFrom(
  { deps, record, to, origin, wanted }: Catching,
  progress: Progress,
  signal: AbortSignal,
): Promise<Outcome> {
  using from = await openRepositoryOf(deps, await deps.reach(origin), deps.locking, signal)
  const { snapshots, damaged } = await listSnapshots(from, signal)
  const there = snapshots.map(({ id }) => id).filter((id) => wanted.some((one) => one.id === id))
  const of = (id: string): readonly MissedSnapshot[] => wanted.filter((one) => one.id === id)
  const unreadable = damaged.flatMap(({ id, error }) =>
    of(id).length === 0 ? [] : [{ of: of(id), why: error.message }],
  )
  const known = new Set<string>([...there, ...damaged.map(({ id }) => id)])
  const gone = wanted.filter(({ id }) => !known.has(id))
  if (there.length === 0) return { copied: [], gone, failed: unreadable }
  progress({ kind: 'step', title: `What ${record.name} missed, from ${origin.name}`, unit: 'bytes' })
  const request = { snapshots: there, dryRun: false }
  const result = await copySnapshots(from, to, request, repositoryProgress(progress), signal)
  const copied = result.snapshots.flatMap(({ kind, snapshot: { id } }) => (kind === 'failed' ? [] : of(id)))
  const failed = result.snapshots.flatMap((one) =>
    one.kind === 'failed' ? [{ of: of(one.snapshot.id), why: one.error.message }] : [],
  )
  const { bytesStored: bytes } = result
  deps.log.info('caught up', { destination: record.name, from: origin.name, snapshots: copied.length, bytes })
  return { copied, gone, failed: [...unreadable, ...failed] }
}

function idsOf(snapshots: readonly MissedSnapshot[]): string[] {
  return snapshots.map(({ id }) => id)
}

function stillMissed(snapshots: readonly MissedSnapshot[], origin: DestinationRecord, why: string): string {
  const runs = [...new Set(snapshots.map(({ run }) => run))]
  const which = runs.length === 1 ? `run ${runs[0]}` : `runs ${runs[0]} to ${runs.at(-1)}`
  return `what ${which} stored at ${origin.name} is still missing here: ${why}`
}
