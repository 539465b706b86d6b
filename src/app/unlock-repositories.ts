import type { FoundLock } from '../repository/locks/look-at-locks.ts'
import { isToBeRemoved, listLocks, removeLocks } from '../repository/locks/unlock.ts'
import { openRepository } from '../repository/open.ts'
import type { Repository } from '../repository/repository.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { openRepositoryOf } from './open-repository-of.ts'
import type { RepositoryAccess, SystemRepositoryDeps } from './restore-system.ts'
import type { Target } from './target.ts'

export interface UnlockedLock {
  readonly destination: string
  readonly lock: FoundLock
  /** Or would be, in a dry run. */
  readonly removed: boolean
}

/**
 * Looks at the locks of the repositories of targets, and removes those of nobody who lives; with `all` every one.
 *
 * @throws RedomaError `REPOSITORY_MISSING`, `KEY_WRONG`, and those of the destination
 */
export type UnlockRepositories = (
  targets: readonly Target[],
  options: UnlockOptions,
  signal: AbortSignal,
) => Promise<readonly UnlockedLock[]>

/** The same of one repository, without an instance. */
export type UnlockRepository = (
  access: RepositoryAccess,
  options: UnlockOptions,
  signal: AbortSignal,
) => Promise<readonly UnlockedLock[]>

export interface UnlockOptions {
  readonly all: boolean
  readonly dryRun: boolean
}

export function makeUnlockRepositories(deps: SystemRepositoryDeps & AuditedDeps): UnlockRepositories {
  return async (targets, options, signal) => {
    const unlocked: UnlockedLock[] = []
    for (const target of targets) {
      const { name } = target.record
      using repository = await openRepositoryOf(deps, target, deps.locking, signal)
      const locks = await unlock(repository, name, options, signal)
      unlocked.push(...locks)
      const removed = locks.filter((one) => one.removed)
      if (options.dryRun || removed.length === 0) continue
      const ids = removed.map(({ lock }) => lock.id.slice(0, 8)).join(',')
      await audit(deps, 'repository.unlock', name, options.all ? `all: ${ids}` : ids)
    }
    return unlocked
  }
}

export function makeUnlockRepository(deps: SystemRepositoryDeps): UnlockRepository {
  return async (access, options, signal) => {
    using repository = await openRepository({ ...deps, ...access }, signal)
    return await unlock(repository, 'repository', options, signal)
  }
}

async function unlock(
  repository: Repository,
  destination: string,
  { all, dryRun }: UnlockOptions,
  signal: AbortSignal,
): Promise<UnlockedLock[]> {
  const locks = await listLocks(repository, signal)
  const removed = locks.filter((lock) => isToBeRemoved(lock, all))
  if (!dryRun) await removeLocks(repository, removed, signal)
  return locks.map((lock) => ({ destination, lock, removed: removed.includes(lock) }))
}
