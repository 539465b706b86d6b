import { join } from 'node:path'
import type { Progress } from '../ports/progress.ts'
import { checkRepository } from '../repository/checking/check-repository.ts'
import { type ObjectId, parseObjectId } from '../repository/ids.ts'
import { whileLocked } from '../repository/locks/while-locked.ts'
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
import { keepDamagedPack } from './keep-damaged-pack.ts'
import { openRepositoryOf } from './open-repository-of.ts'
import { lockNotices, repositoryProgress } from './repository-progress.ts'
import type { SystemRepositoryDeps } from './restore-system.ts'
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
  /**
   * Takes damaged packs out and saves what is whole of them; with none named, reads all packs to find them. What was read of
   * them is kept in a folder.
   *
   * @throws RedomaError `FILE_FAILED` when it cannot be kept: nothing was removed then
   */
  packs(
    target: Target,
    options: PackRepairRequest,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<PackRepair & { readonly keptIn: string }>
  /** Makes new snapshots of damaged ones, without what is lost. Those that are forgotten are not missed by a verification. */
  snapshots(
    target: Target,
    options: Omit<SnapshotRepairOptions, 'beforeForget'>,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<readonly RepairedSnapshot[]>
}

export interface PackRepairRequest {
  readonly packs: readonly string[]
  /** Where damaged packs are kept; in the instance's folder, unless said otherwise. */
  readonly keepIn: string | undefined
  readonly dryRun: boolean
}

export interface RepairRepositoryDeps extends AuditedDeps, SystemRepositoryDeps {
  readonly whileLeased: WhileLeased
  /** The instance's folder. */
  readonly home: string
}

export function makeRepairRepository(deps: RepairRepositoryDeps): RepairRepository {
  async function repair<T>(
    what: 'index' | 'packs' | 'snapshots',
    target: Target,
    { dryRun, progress }: { readonly dryRun: boolean; readonly progress: Progress },
    work: (repository: Repository, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const { record } = target
    const underLease = async (lease: string): Promise<T> => {
      const locking = { ...deps.locking, lease, onNotice: lockNotices(progress, record.name) }
      using repository = await openRepositoryOf(deps, target, locking, signal)
      return await whileLocked(repository, 'exclusive', (inside) => work(repository, inside), signal)
    }
    const result = await deps.whileLeased(record, `repair ${what}`, underLease, progress, signal)
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
    packs(target, { packs, keepIn, dryRun }, progress, signal) {
      const keptIn = keepIn ?? join(deps.home, 'damaged-packs', target.record.name)
      const keep = (pack: ObjectId, bytes: Uint8Array): Promise<string> =>
        keepDamagedPack(keptIn, pack, bytes)
      const onEvent = begin(progress, `Repairing packs at ${target.record.name}`)
      const work = async (
        repository: Repository,
        inside: AbortSignal,
      ): Promise<PackRepair & { readonly keptIn: string }> => {
        const named = packs.map(parseObjectId)
        const damaged = named.length > 0 ? named : await damagedPacks(repository, onEvent, inside)
        const repaired = await repairPacks(repository, { packs: damaged, keep, dryRun }, onEvent, inside)
        return { ...repaired, keptIn }
      }
      return repair('packs', target, { dryRun, progress }, work, signal)
    },
    snapshots(target, options, progress, signal) {
      const onEvent = begin(progress, `Repairing snapshots at ${target.record.name}`)
      const beforeForget = (snapshots: readonly ObjectId[]): Promise<void> =>
        deps.catalogue.forgotten.add(target.record.id, snapshots, deps.clock.now())
      const work = (repository: Repository, inside: AbortSignal): Promise<readonly RepairedSnapshot[]> =>
        repairSnapshots(repository, { ...options, beforeForget }, onEvent, inside)
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
