import type { Repository } from '../repository.ts'
import { acquireLock, type LockKind } from './acquire-lock.ts'
import { keepLock } from './keep-lock.ts'

/**
 * Does some work while a lock at the repository says so. Shared locks bear each other; an exclusive one wants to be alone. The signal
 * that `work` is handed is aborted, with `REPOSITORY_LOCK_LOST`, when others may not respect the lock any more; nothing can be put or
 * removed then.
 *
 * @throws RedomaError `REPOSITORY_LOCKED`, `REPOSITORY_LOCK_LOST`, those of the destination, and whatever `work` throws
 */
export async function whileLocked<T>(
  repository: Repository,
  kind: LockKind,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const held = keepLock(repository, kind, await acquireLock(repository, kind, signal))
  try {
    return await work(AbortSignal.any([signal, held.lost]))
  } finally {
    await held.release()
  }
}
