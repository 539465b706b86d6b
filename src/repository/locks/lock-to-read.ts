import { isRedomaError, messageOf, RedomaError } from '../../core/errors.ts'
import type { Repository } from '../repository.ts'
import { acquireLock } from './acquire-lock.ts'
import { keepLock } from './keep-lock.ts'

/** What work that only reads does beside others, until it is disposed of. */
export interface ReadingLock extends AsyncDisposable {
  /** Aborted with the signal that was handed in, and with `REPOSITORY_LOCK_LOST`. */
  readonly signal: AbortSignal
}

/**
 * A shared lock, which keeps others from pruning what is being read. None where the repository's `readingLock` says so, nor, with a
 * notice, where none can be written: on a medium that is read-only, or for a user who may only read. Whoever has the last copy in
 * hand has to get at it, and what is read is verified anyway.
 *
 * @throws RedomaError `REPOSITORY_LOCKED`, and those of the destination
 */
export async function lockToRead(repository: Repository, signal: AbortSignal): Promise<ReadingLock> {
  const { locking } = repository
  if (locking.readingLock === 'none') return unlocked(signal)
  try {
    const held = keepLock(repository, 'shared', await acquireLock(repository, 'shared', signal))
    return {
      signal: AbortSignal.any([signal, held.lost]),
      [Symbol.asyncDispose]: () => held.release(),
    }
  } catch (error) {
    if (!cannotBeWritten(error)) throw locking.readingLock === 'wanted' ? withoutALock(error) : error
    const message = `reading without a lock, since none can be written (${messageOf(error)}): nobody may prune there meanwhile`
    locking.onNotice({ kind: 'reads-unlocked', message })
    return unlocked(signal)
  }
}

function cannotBeWritten(error: unknown): boolean {
  return isRedomaError(error, 'DESTINATION_READ_ONLY') || isRedomaError(error, 'DESTINATION_FORBIDDEN')
}

function unlocked(signal: AbortSignal): ReadingLock {
  return { signal, [Symbol.asyncDispose]: () => Promise.resolve() }
}

function withoutALock(error: unknown): unknown {
  if (!isRedomaError(error, 'REPOSITORY_LOCKED') && !isRedomaError(error, 'DESTINATION_FULL')) return error
  const hint = `${error.hint ?? ''}. Where nobody prunes meanwhile, reading needs no lock: --no-lock`
  return new RedomaError(error.code, error.message, { hint, cause: error.cause })
}
