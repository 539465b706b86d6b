import type { Repository } from '../repository.ts'
import { removeLock } from './acquire-lock.ts'
import { type FoundLock, lookAtLocks } from './look-at-locks.ts'

/** All locks of a repository, the oldest first. @throws those of the destination */
export async function listLocks(repository: Repository, signal: AbortSignal): Promise<FoundLock[]> {
  const found = await lookAtLocks(repository, undefined, signal)
  const age = (lock: FoundLock): number => (lock.kind === 'readable' ? lock.ageMs : 0)
  return found.sort((a, b) => age(b) - age(a))
}

/**
 * Whether `unlock` removes it. One of somebody who lives is removed only with `all`: its holder notices within five minutes, and stops;
 * until then two may work who must not. One that cannot be read may be such a one.
 */
export function isToBeRemoved(found: FoundLock, all: boolean): boolean {
  switch (found.kind) {
    case 'empty':
      return true
    case 'unreadable':
      return all
    case 'readable':
      return all || found.state.kind !== 'alive'
  }
}

/** @throws those of the destination */
export async function removeLocks(
  repository: Repository,
  locks: readonly FoundLock[],
  signal: AbortSignal,
): Promise<void> {
  for (const { id } of locks) {
    signal.throwIfAborted()
    await removeLock(repository, id)
  }
}
