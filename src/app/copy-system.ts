import { isRedomaError, RedomaError } from '../core/errors.ts'
import type { Progress } from '../ports/progress.ts'
import { type CopyResult, copySnapshots } from '../repository/copying/copy-snapshots.ts'
import type { Repository } from '../repository/repository.ts'
import { listSnapshots, type SnapshotList } from '../repository/snapshots/list-snapshots.ts'
import type { StoredSnapshot } from '../repository/snapshots/snapshot.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { chooseSnapshot, hostOf, sourceOf } from './choose-snapshot.ts'
import { openRepositoryOf } from './open-repository-of.ts'
import { lockNotices, repositoryProgress } from './repository-progress.ts'
import type { SystemRepositoryDeps } from './restore-system.ts'
import type { Target } from './target.ts'
import type { WhileLeased } from './while-leased.ts'

export interface CopySystemRequest {
  readonly from: Target
  readonly to: Target
  /** `latest`, or beginnings of ids; all of the source and host when there are none. */
  readonly snapshots: readonly string[]
  readonly source?: string | undefined
  /** Only of this host; of all where it is not said. */
  readonly host?: string | undefined
  /** Whose `latest` is meant, where no host is said. */
  readonly thisHost: string
  readonly dryRun: boolean
}

/**
 * Copies system backups from one destination to another, which has a repository already. Each keeps its password.
 *
 * @throws RedomaError `NOT_FOUND`, `AMBIGUOUS`, `REPOSITORY_MISSING`, `RUN_UNDER_WAY`, `REPOSITORY_LOCKED`, and those of the destinations
 */
export type CopySystem = (
  request: CopySystemRequest,
  progress: Progress,
  signal: AbortSignal,
) => Promise<CopyResult>

export interface CopySystemDeps extends SystemRepositoryDeps, AuditedDeps {
  readonly whileLeased: WhileLeased
}

export function makeCopySystem(deps: CopySystemDeps): CopySystem {
  return async (request, progress, signal) => {
    const { from, to, dryRun } = request
    if (from.record.id === to.record.id) {
      throw new RedomaError('USAGE', `${from.record.name} cannot be copied to itself`)
    }
    const work = async (lease: string): Promise<CopyResult> => {
      using origin = await open(deps, from, undefined, progress, signal)
      using other = await open(deps, to, lease, progress, signal)
      const snapshots = chosen(await listSnapshots(origin, signal), request).map(({ id }) => id)
      progress({ kind: 'step', title: `${from.record.name} to ${to.record.name}`, unit: 'bytes' })
      return await copySnapshots(origin, other, { snapshots, dryRun }, repositoryProgress(progress), signal)
    }
    const result = await deps.whileLeased(to.record, `copy from ${from.record.name}`, work, progress, signal)
    if (!dryRun) {
      const copied = result.snapshots.filter(({ kind }) => kind === 'copied').length
      await audit(deps, 'backup.copy', to.record.name, `${copied} snapshots from ${from.record.name}`)
    }
    return result
  }
}

function chosen(
  list: SnapshotList,
  { snapshots: words, source, host, thisHost }: CopySystemRequest,
): readonly StoredSnapshot[] {
  const choice = { source, host: host ?? thisHost }
  if (words.length > 0) return words.map((snapshot) => chooseSnapshot(list, { snapshot, ...choice }))
  return list.snapshots.filter(
    (one) =>
      (source === undefined || sourceOf(one) === source) && (host === undefined || hostOf(one) === host),
  )
}

async function open(
  deps: CopySystemDeps,
  target: Target,
  lease: string | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<Repository> {
  const { record } = target
  const locking = { ...deps.locking, lease, onNotice: lockNotices(progress, record.name) }
  try {
    return await openRepositoryOf(deps, target, locking, signal)
  } catch (error) {
    if (!isRedomaError(error, 'REPOSITORY_MISSING')) throw error
    throw new RedomaError('REPOSITORY_MISSING', `there is no repository at ${record.name}`, {
      hint: `The first backup makes one: redoma backup create --only system --to ${record.name}`,
      cause: error,
    })
  }
}
