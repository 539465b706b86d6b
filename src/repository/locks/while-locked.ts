import { hostname, userInfo } from 'node:os'
import { isRedomaError, RedomaError, systemCode } from '../../core/errors.ts'
import { nsOfDate } from '../encoding/rfc3339.ts'
import type { ObjectId } from '../ids.ts'
import { listObjects, objectNameOf, readUnpacked, writeUnpacked } from '../objects.ts'
import type { Repository } from '../repository.ts'
import { decodeLock, encodeLock, isStale, type Lock } from './lock.ts'

/** A lock that is not refreshed counts as forgotten after half an hour. */
const refreshMs = 5 * 60 * 1000

export type LockKind = 'shared' | 'exclusive'

/**
 * Does some work while a lock at the repository says so. Shared locks bear each other; an exclusive one wants to be alone.
 *
 * @throws RedomaError `REPOSITORY_LOCKED`
 */
export async function whileLocked<T>(
  repository: Repository,
  kind: LockKind,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const held = await acquire(repository, kind, signal)
  const timer = setInterval(held.refresh, refreshMs)
  timer.unref()
  try {
    return await work(signal)
  } finally {
    clearInterval(timer)
    await held.release()
  }
}

async function acquire(
  repository: Repository,
  kind: LockKind,
  signal: AbortSignal,
): Promise<{ readonly refresh: () => void; readonly release: () => Promise<void> }> {
  const exclusive = kind === 'exclusive'
  await requireNoConflict(repository, exclusive, undefined, signal)
  let mine = await writeLock(repository, exclusive, signal)
  try {
    // Who came at the same moment sees ours as we see theirs: both withdraw, none works beside the other.
    await requireNoConflict(repository, exclusive, mine, signal)
  } catch (error) {
    await removeLock(repository, mine)
    throw error
  }
  let refreshing = Promise.resolve()
  const replace = async (): Promise<void> => {
    const old = mine
    mine = await writeLock(repository, exclusive, signal)
    await removeLock(repository, old)
  }
  return {
    refresh: () => {
      // One that fails is tried again in time: the lock is good for half an hour.
      refreshing = refreshing.then(replace).catch(() => undefined)
    },
    release: async () => {
      await refreshing
      await removeLock(repository, mine)
    },
  }
}

/** Even when the run was cancelled: a lock that stays would stop others. */
function removeLock(repository: Repository, id: ObjectId): Promise<void> {
  return repository.destination.remove(objectNameOf(repository, 'locks', id), new AbortController().signal)
}

function writeLock(repository: Repository, exclusive: boolean, signal: AbortSignal): Promise<ObjectId> {
  const timeNs = nsOfDate(repository.clock.now())
  const who = { hostname: hostname(), username: userInfo().username, pid: process.pid }
  return writeUnpacked(repository, 'locks', encodeLock({ timeNs, exclusive, ...who }), signal)
}

async function requireNoConflict(
  repository: Repository,
  exclusive: boolean,
  mine: ObjectId | undefined,
  signal: AbortSignal,
): Promise<void> {
  for await (const { id, size } of listObjects(repository, 'locks', signal)) {
    // An empty file is what an interrupted write leaves at some destinations.
    if (id === mine || size === 0) continue
    const lock = await readLock(repository, id, signal)
    if (lock === undefined || !(exclusive || lock.exclusive)) continue
    const now = repository.clock.now()
    if (!isStale(lock, now, { hostname: hostname(), isRunning })) throw locked(lock, now)
  }
}

/** `undefined` when it was removed meanwhile. */
async function readLock(
  repository: Repository,
  id: ObjectId,
  signal: AbortSignal,
): Promise<Lock | undefined> {
  try {
    return decodeLock(await readUnpacked(repository, 'locks', id, signal))
  } catch (error) {
    if (isRedomaError(error) && isRedomaError(error.cause, 'OBJECT_NOT_FOUND')) return undefined
    throw error
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) !== 'ESRCH'
  }
}

function locked(lock: Lock, now: Date): RedomaError {
  const minutes = Math.max(0, Math.round(Number((nsOfDate(now) - lock.timeNs) / 60_000_000_000n)))
  const who = `process ${lock.pid} of ${lock.username} on ${lock.hostname}`
  return new RedomaError('REPOSITORY_LOCKED', `the repository is locked by ${who}, for ${minutes} minutes`, {
    hint: 'Try again when it is done. If it died, remove the lock with: restic unlock',
  })
}
