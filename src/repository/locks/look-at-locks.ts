import { isRedomaError, messageOf } from '../../core/errors.ts'
import { fourAtATime } from '../../core/four-at-a-time.ts'
import { isDamage } from '../damage.ts'
import type { ObjectId } from '../ids.ts'
import { listObjects, objectNameOf, readUnpacked, type StoredObject } from '../objects.ts'
import type { Repository } from '../repository.ts'
import { ageOf, judgeLock, type LockState } from './judge-lock.ts'
import { decodeLock, type Lock } from './lock.ts'

/** A lock that lies in the repository. */
export type FoundLock =
  | {
      readonly kind: 'readable'
      readonly id: ObjectId
      readonly lock: Lock
      readonly state: LockState
      readonly ageMs: number
    }
  /** It may be anybody's, of any kind. */
  | { readonly kind: 'unreadable'; readonly id: ObjectId; readonly why: string }
  /** What an interrupted write leaves at some destinations: nobody holds it. */
  | { readonly kind: 'empty'; readonly id: ObjectId }

/** A lock in the making is not readable yet, at destinations where others see half an object. As restic, four times. */
const pausesMs = [200, 400, 800, 1600]

/** All locks but `mine`. @throws those of the destination */
export async function lookAtLocks(
  repository: Repository,
  mine: ObjectId | undefined,
  signal: AbortSignal,
): Promise<FoundLock[]> {
  const objects = await Array.fromAsync(listObjects(repository, 'locks', signal))
  const found = new Map<ObjectId, FoundLock>()
  // At the same time: each that cannot be read is waited for, three seconds in all.
  await fourAtATime(
    objects.filter(({ id }) => id !== mine),
    async (object) => {
      const lock = await readPatiently(repository, object, signal)
      if (lock !== undefined) found.set(object.id, lock)
    },
  )
  // In the order of the list, whichever was read first.
  return objects.flatMap(({ id }) => found.get(id) ?? [])
}

async function readPatiently(
  repository: Repository,
  object: StoredObject,
  signal: AbortSignal,
): Promise<FoundLock | undefined> {
  let found = await read(repository, object, signal)
  for (const pause of pausesMs) {
    if (found === undefined || found.kind === 'readable') break
    await repository.locking.wait(pause, signal)
    const again = await sizeOf(repository, object.id, signal)
    if (again === undefined) return undefined
    found = await read(repository, again, signal)
  }
  return found
}

/** `undefined` when it was removed meanwhile. */
async function read(
  repository: Repository,
  { id, size }: StoredObject,
  signal: AbortSignal,
): Promise<FoundLock | undefined> {
  if (size === 0) return { kind: 'empty', id }
  const lock = await decode(repository, id, signal)
  if (lock === undefined || 'kind' in lock) return lock
  const now = repository.clock.now()
  const state = await judgeLock(lock, now, repository.locking)
  return { kind: 'readable', id, lock, state, ageMs: ageOf(lock, now) }
}

async function decode(
  repository: Repository,
  id: ObjectId,
  signal: AbortSignal,
): Promise<Lock | FoundLock | undefined> {
  try {
    return decodeLock(await readUnpacked(repository, 'locks', id, signal))
  } catch (error) {
    if (isRedomaError(error) && isRedomaError(error.cause, 'OBJECT_NOT_FOUND')) return undefined
    if (!isDamage(error)) throw error
    return { kind: 'unreadable', id, why: messageOf(error) }
  }
}

/** `undefined` when there is no such lock any more. */
export async function sizeOf(
  repository: Repository,
  id: ObjectId,
  signal: AbortSignal,
): Promise<StoredObject | undefined> {
  const name = objectNameOf(repository, 'locks', id)
  for await (const object of repository.destination.list(name, signal)) {
    if (object.name === name) return { id, size: object.size }
  }
  return undefined
}
