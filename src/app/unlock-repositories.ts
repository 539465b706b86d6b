import type { FoundLock } from '../repository/locks/look-at-locks.ts'
import { isToBeRemoved, listLocks, removeLocks } from '../repository/locks/unlock.ts'
import { type AuditedDeps, audit } from './audited.ts'
import { openRepositoryOf } from './open-repository-of.ts'
import type { SystemRepositoryDeps } from './restore-system.ts'
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
  options: { readonly all: boolean; readonly dryRun: boolean },
  signal: AbortSignal,
) => Promise<readonly UnlockedLock[]>

export function makeUnlockRepositories(deps: SystemRepositoryDeps & AuditedDeps): UnlockRepositories {
  return async (targets, { all, dryRun }, signal) => {
    const unlocked: UnlockedLock[] = []
    for (const target of targets) {
      const { record } = target
      using repository = await openRepositoryOf(deps, target, deps.locking, signal)
      const locks = await listLocks(repository, signal)
      const removed = locks.filter((lock) => isToBeRemoved(lock, all))
      if (!dryRun && removed.length > 0) {
        await removeLocks(repository, removed, signal)
        const ids = removed.map(({ id }) => id.slice(0, 8)).join(',')
        await audit(deps, 'repository.unlock', record.name, all ? `all: ${ids}` : ids)
      }
      for (const lock of locks) {
        unlocked.push({ destination: record.name, lock, removed: removed.includes(lock) })
      }
    }
    return unlocked
  }
}
