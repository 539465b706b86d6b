import type { Progress } from '../ports/progress.ts'
import { checkRepository } from '../repository/checking/check-repository.ts'
import { type ObjectId, parseObjectId } from '../repository/ids.ts'
import { whileLocked } from '../repository/locks/while-locked.ts'
import { openRepository } from '../repository/open.ts'
import {
  type IndexRepair,
  type IndexRepairOptions,
  repairIndex,
} from '../repository/repairing/repair-index.ts'
import { type PackRepair, repairPacks } from '../repository/repairing/repair-packs.ts'
import {
  type RepairedSnapshot,
  repairSnapshots,
  type SnapshotRepairOptions,
} from '../repository/repairing/repair-snapshots.ts'
import type { OnRepositoryEvent, Repository } from '../repository/repository.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { lockNotices, repositoryProgress } from './repository-progress.ts'
import type { SystemRepositoryDeps } from './restore-system.ts'
import { systemPrefix } from './system-repository.ts'
import type { Target } from './target.ts'
import type { WhileLeased } from './while-leased.ts'

/**
 * Repairs the repository at a destination. Each works alone on it, and is written into the audit trail unless it is a dry run.
 *
 * @throws RedomaError `RUN_UNDER_WAY`, `REPOSITORY_LOCKED`, `REPOSITORY_MISSING`, `REPOSITORY_DAMAGED`, `KEY_WRONG`, `FORMAT_UNKNOWN`,
 * `CANCELLED`, and those of the destination
 */
export interface RepairRepository {
  /** Makes the indexes say what the packs hold. */
  index(
    target: Target,
    options: Omit<IndexRepairOptions, 'without'>,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<IndexRepair>
  /** Takes damaged packs out and saves what is whole of them; with none named, reads all packs to find them. */
  packs(
    target: Target,
    options: { readonly packs: readonly string[]; readonly dryRun: boolean },
    progress: Progress,
    signal: AbortSignal,
  ): Promise<PackRepair>
  /** Makes new snapshots of damaged ones, without what is lost. */
  snapshots(
    target: Target,
    options: SnapshotRepairOptions,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<readonly RepairedSnapshot[]>
}

export interface RepairRepositoryDeps extends AuditedDeps, SystemRepositoryDeps {
  readonly whileLeased: WhileLeased
}

export function makeRepairRepository(deps: RepairRepositoryDeps): RepairRepository {
  async function repair<T>(
    what: 'index' | 'packs' | 'snapshots',
    target: Target,
    { dryRun, progress }: { readonly dryRun: boolean; readonly progress: Progress },
    work: (repository: Repository, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const { destination, record } = target
    const access = { destination, prefix: systemPrefix, password: record.repositoryPassword }
    const underLease = async (lease: string): Promise<T> => {
      const locking = { ...deps.locking, lease, onNotice: lockNotices(progress, record.name) }
      using repository = await openRepository({ ...deps, ...access, locking }, signal)
      return await whileLocked(repository, 'exclusive', (inside) => work(repository, inside), signal)
    }
    const result = await deps.whileLeased(record, `repair ${what}`, underLease, signal)
    if (!dryRun) await audit(deps, `repository.repair-${what}`, record.name)
    return result
  }

  return {
    index(target, options, progress, signal) {
      const onEvent = begin(progress, `Repairing the index at ${target.record.name}`)
      const work = (repository: Repository, inside: AbortSignal): Promise<IndexRepair> =>
        repairIndex(repository, options, onEvent, inside)
      return repair('index', target, { dryRun: options.dryRun, progress }, work, signal)
    },
    packs(target, { packs, dryRun }, progress, signal) {
      const onEvent = begin(progress, `Repairing packs at ${target.record.name}`)
      const work = async (repository: Repository, inside: AbortSignal): Promise<PackRepair> => {
        const named = packs.map(parseObjectId)
        const damaged = named.length > 0 ? named : await damagedPacks(repository, onEvent, inside)
        return repairPacks(repository, { packs: damaged, dryRun }, onEvent, inside)
      }
      return repair('packs', target, { dryRun, progress }, work, signal)
    },
    snapshots(target, options, progress, signal) {
      const onEvent = begin(progress, `Repairing snapshots at ${target.record.name}`)
      const work = (repository: Repository, inside: AbortSignal): Promise<readonly RepairedSnapshot[]> =>
        repairSnapshots(repository, options, onEvent, inside)
      return repair('snapshots', target, { dryRun: options.dryRun, progress }, work, signal)
    },
  }
}

function begin(progress: Progress, title: string): OnRepositoryEvent {
  progress({ kind: 'step', title, unit: 'bytes' })
  return repositoryProgress(progress)
}

async function damagedPacks(
  repository: Repository,
  onEvent: OnRepositoryEvent,
  signal: AbortSignal,
): Promise<readonly ObjectId[]> {
  const report = await checkRepository(repository, { readData: { kind: 'all' } }, onEvent, signal)
  return report.damagedPacks
}
