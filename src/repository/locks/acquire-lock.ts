import { randomInt } from 'node:crypto'
import { RedomaError } from '../../core/errors.ts'
import { nsOfDate } from '../encoding/rfc3339.ts'
import type { ObjectId } from '../ids.ts'
import { objectNameOf, writeUnpacked } from '../objects.ts'
import type { Repository } from '../repository.ts'
import { describeAge, describeHolder } from './describe-lock.ts'
import { staleAfterMs } from './judge-lock.ts'
import { encodeLock } from './lock.ts'
import { type FoundLock, lookAtLocks } from './look-at-locks.ts'

export type LockKind = 'shared' | 'exclusive'

/** A lock that this process wrote. */
export interface OwnLock {
  readonly id: ObjectId
  /** What stands in it. */
  readonly writtenAt: Date
}

const firstPauseMs = 1000
const longestPauseMs = 60_000

/**
 * Writes a lock, and waits as long as the repository's `patienceMs` allows when somebody is there. Locks of the dead are removed on
 * the way, and told of.
 *
 * @throws RedomaError `REPOSITORY_LOCKED`, and those of the destination
 */
export async function acquireLock(
  repository: Repository,
  kind: LockKind,
  signal: AbortSignal,
): Promise<OwnLock> {
  const { locking, clock } = repository
  const begunMs = clock.now().getTime()
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const attempt = await tryToLock(repository, kind, signal)
    if ('id' in attempt) return attempt
    const leftMs = begunMs + locking.patienceMs - clock.now().getTime()
    if (leftMs <= 0 || !mayEnd(attempt.obstacle)) throw locked(attempt.obstacle)
    if (pauseMs === firstPauseMs) {
      const until = new Date(begunMs + locking.patienceMs)
      locking.onNotice({ kind: 'waiting', message: locked(attempt.obstacle).message, until })
    }
    // Two that withdrew from each other must not come back at the same moment.
    await locking.wait(Math.min(leftMs, pauseMs / 2 + randomInt(pauseMs / 2)), signal)
  }
}

async function tryToLock(
  repository: Repository,
  kind: LockKind,
  signal: AbortSignal,
): Promise<OwnLock | { readonly obstacle: FoundLock }> {
  const before = await findObstacle(repository, kind, undefined, signal)
  if (before !== undefined) return { obstacle: before }
  const mine = await writeLock(repository, kind, signal)
  try {
    // Who came at the same moment sees ours as we see theirs: both withdraw, none works beside the other.
    const after = await findObstacle(repository, kind, mine.id, signal)
    if (after === undefined) return mine
    await removeLock(repository, mine.id)
    return { obstacle: after }
  } catch (error) {
    await removeLock(repository, mine.id)
    throw error
  }
}

export async function writeLock(
  repository: Repository,
  kind: LockKind,
  signal: AbortSignal,
): Promise<OwnLock> {
  const { hostname, username, pid, lease, findProcess } = repository.locking
  const program = (await findProcess(pid))?.program
  const writtenAt = repository.clock.now()
  const lock = { timeNs: nsOfDate(writtenAt), exclusive: kind === 'exclusive', hostname, username, pid }
  const id = await writeUnpacked(repository, 'locks', encodeLock({ ...lock, program, lease }), signal)
  return { id, writtenAt }
}

/** Even when the run was cancelled: a lock that stays would stop others. */
export function removeLock(repository: Repository, id: ObjectId): Promise<void> {
  return repository.destination.remove(objectNameOf(repository, 'locks', id), new AbortController().signal)
}

/**
 * The first lock that ours cannot be beside. Where there is none, those that lie about besides are removed where their holder is dead,
 * and told of. In this order: where nothing can be removed, who is at work was seen all the same.
 */
async function findObstacle(
  repository: Repository,
  kind: LockKind,
  mine: ObjectId | undefined,
  signal: AbortSignal,
): Promise<FoundLock | undefined> {
  const all = await lookAtLocks(repository, mine, signal)
  const obstacle = all.find((found) => !isOfTheDead(found) && isInTheWay(found, kind))
  if (obstacle !== undefined) return obstacle
  for (const found of all) {
    if (isOfTheDead(found)) {
      await removeLock(repository, found.id)
      repository.locking.onNotice({ kind: 'removed-dead', message: `removed a lock of ${describe(found)}` })
    } else if (mine === undefined) {
      tellOfLeftover(repository, found)
    }
  }
  return undefined
}

function isOfTheDead(found: FoundLock): boolean {
  return found.kind === 'readable' && found.state.kind === 'dead'
}

function isInTheWay(found: FoundLock, kind: LockKind): boolean {
  switch (found.kind) {
    case 'readable':
      return kind === 'exclusive' || found.lock.exclusive
    case 'unreadable':
      return true
    case 'empty':
      return false
  }
}

function tellOfLeftover({ locking }: Repository, found: FoundLock): void {
  const message = `there is a lock of ${describe(found)}; when nothing works there: redoma backup unlock`
  if (found.kind === 'empty') locking.onNotice({ kind: 'left-empty', message })
  if (found.kind !== 'readable' || found.state.kind !== 'stale') return
  locking.onNotice({ kind: 'left-stale', message: `${message}. Until then nothing can be pruned` })
}

/** Somebody who lives will be done, and one who died a moment ago will be known to be dead. */
function mayEnd(obstacle: FoundLock): boolean {
  return obstacle.kind === 'readable' && obstacle.ageMs < staleAfterMs
}

function describe(found: FoundLock): string {
  const name = found.id.slice(0, 8)
  switch (found.kind) {
    case 'readable': {
      const { state, lock, ageMs } = found
      const why = state.kind === 'alive' ? '' : `${state.why}, `
      return `${describeHolder(lock)} (${why}lock ${name}, refreshed ${describeAge(ageMs)} ago)`
    }
    case 'unreadable':
      return `somebody: the lock ${name} cannot be read (${found.why})`
    case 'empty':
      return `nobody: the lock ${name} is empty`
  }
}

function locked(obstacle: FoundLock): RedomaError {
  const all = obstacle.kind === 'unreadable' ? ' --all' : ''
  return new RedomaError('REPOSITORY_LOCKED', `the repository is locked by ${describe(obstacle)}`, {
    hint: mayEnd(obstacle)
      ? 'Try again when it is done, or wait for it: --retry-lock 1h'
      : `If nothing works there any more, remove the lock: redoma backup unlock${all}`,
  })
}
