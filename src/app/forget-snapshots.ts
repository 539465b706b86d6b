import type { Proposal } from '../ports/approval.ts'
import type { Progress } from '../ports/progress.ts'
import type { ObjectId } from '../repository/ids.ts'
import { lockToRead } from '../repository/locks/lock-to-read.ts'
import { whileLocked } from '../repository/locks/while-locked.ts'
import { carryOutPrune } from '../repository/pruning/carry-out-prune.ts'
import type { PruneFigures } from '../repository/pruning/plan-prune.ts'
import { preparePrune } from '../repository/pruning/prepare-prune.ts'
import type { PruneOptions } from '../repository/pruning/prune-options.ts'
import type { Repository } from '../repository/repository.ts'
import { removeSnapshots } from '../repository/retention/remove-snapshots.ts'
import { listSnapshots } from '../repository/snapshots/list-snapshots.ts'
import type { RequireSecondPerson } from './approvals/require-second-person.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { openRepositoryOf } from './open-repository-of.ts'
import { lockNotices, repositoryProgress } from './repository-progress.ts'
import type { SystemRepositoryDeps } from './restore-system.ts'
import type { Target } from './target.ts'
import type { WhileLeased } from './while-leased.ts'

export interface ForgetRequest {
  /** Whole ids. Those that are gone already are passed over. */
  readonly snapshots: readonly ObjectId[]
  /** Free the space afterwards that nothing needs any more. */
  readonly prune?: PruneOptions | undefined
  /** Only look. */
  readonly dryRun: boolean
}

/**
 * Removes snapshots at a target, for ever, and with `prune` what only they needed. The catalogue remembers that it was meant,
 * before anything goes: so they are not missed by a later verification.
 *
 * @throws RedomaError what `RequireSecondPerson` throws, `RUN_UNDER_WAY`, `REPOSITORY_LOCKED`, `REPOSITORY_DAMAGED` (when something is missing that others need), and those of
 * opening the repository
 */
export type ForgetSnapshots = (
  target: Target,
  request: ForgetRequest,
  progress: Progress,
  signal: AbortSignal,
) => Promise<{ readonly pruned: PruneFigures | undefined }>

export interface ForgetSnapshotsDeps extends AuditedDeps, SystemRepositoryDeps {
  readonly whileLeased: WhileLeased
  readonly requireSecondPerson: RequireSecondPerson
}

export function makeForgetSnapshots(deps: ForgetSnapshotsDeps): ForgetSnapshots {
  return async (target, request, progress, signal) => {
    const { record } = target
    if (!request.dryRun && request.snapshots.length > 0)
      await deps.requireSecondPerson(removalOf(record.name, request), signal)
    const work = async (lease: string): Promise<PruneFigures | undefined> => {
      const locking = { ...deps.locking, lease, onNotice: lockNotices(progress, record.name) }
      using repository = await openRepositoryOf(deps, target, locking, signal)
      if (request.dryRun) {
        await using lock = await lockToRead(repository, signal)
        return await prune(repository, request, progress, lock.signal)
      }
      const underLock = async (locked: AbortSignal): Promise<PruneFigures | undefined> => {
        await forget(deps, repository, record, request.snapshots, locked)
        return prune(repository, request, progress, locked)
      }
      return await whileLocked(repository, 'exclusive', underLock, signal)
    }
    const pruned = await deps.whileLeased(record, 'retention', work, progress, signal)
    if (pruned !== undefined && !request.dryRun)
      await audit(deps, 'backup.prune', record.name, `${pruned.freedBytes} bytes freed`)
    return { pruned }
  }
}

function removalOf(subject: string, { snapshots, prune: options }: ForgetRequest): Proposal {
  const lines = [
    `remove ${snapshots.length} snapshots at ${subject}, for ever:`,
    ...snapshots.map((snapshot) => snapshot.slice(0, 8)),
    ...(options === undefined ? [] : ['and free the space that only they need']),
  ]
  return { danger: 'copies', subject, lines }
}

async function forget(
  deps: ForgetSnapshotsDeps,
  repository: Repository,
  { id, name }: Target['record'],
  snapshots: readonly ObjectId[],
  signal: AbortSignal,
): Promise<void> {
  if (snapshots.length === 0) return
  await deps.catalogue.forgotten.add(id, snapshots, deps.clock.now())
  await removeSnapshots(repository, snapshots, signal)
  await audit(deps, 'backup.forget', name, snapshots.map((snapshot) => snapshot.slice(0, 8)).join(' '))
}

async function prune(
  repository: Repository,
  { prune: options, snapshots, dryRun }: ForgetRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<PruneFigures | undefined> {
  if (options === undefined) return undefined
  const onEvent = repositoryProgress(progress)
  const gone = new Set<ObjectId>(snapshots)
  const { snapshots: whole, damaged } = await listSnapshots(repository, signal)
  const stays = ({ id }: { readonly id: ObjectId }): boolean => !gone.has(id)
  const staying = { snapshots: whole.filter(stays), damaged: damaged.filter(stays) }
  progress({ kind: 'step', title: 'Looking what is needed', unit: 'bytes' })
  const prepared = await preparePrune(repository, staying, options, onEvent, signal)
  if (dryRun) return prepared.plan.figures
  progress({ kind: 'step', title: 'Freeing space', unit: 'bytes' })
  await carryOutPrune(repository, prepared, onEvent, signal)
  return prepared.plan.figures
}
