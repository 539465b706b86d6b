import { messageOf, RedomaError } from '../../core/errors.ts'
import type { ObjectId } from '../ids.ts'
import type { Repository } from '../repository.ts'
import { type LockKind, type OwnLock, removeLock, writeLock } from './acquire-lock.ts'
import { describeAge } from './describe-lock.ts'
import { staleAfterMs } from './judge-lock.ts'
import { sizeOf } from './look-at-locks.ts'

const refreshMs = 5 * 60_000
/** As restic's: so long before others may remove our lock, the work stops until it is known to be ours. */
const goodForMs = staleAfterMs - 1.5 * refreshMs
const tickMs = 1000
const pauseAfterFailureMs = 30_000
const attemptMs = 60_000

/** A lock that is refreshed until it is released. */
export interface KeptLock {
  /** Aborted with `REPOSITORY_LOCK_LOST` when it is not ours any more. */
  readonly lost: AbortSignal
  /** Removes it, whatever became of the work. */
  release(): Promise<void>
}

/**
 * Refreshes a lock every five minutes by the wall clock, which goes on while a machine sleeps: a new lock is written, and the old one
 * removed. One that is not there any more was taken for dead by somebody, who may be at work: then ours is lost.
 */
export function keepLock(repository: Repository, kind: LockKind, first: OwnLock): KeptLock {
  const { locking, clock, fence } = repository
  const lost = new AbortController()
  const released = new AbortController()
  const leftovers = new Set<ObjectId>()
  let mine = first
  let attempt = Promise.resolve()
  let known = anAnswer()

  const ageMs = (): number => clock.now().getTime() - mine.writtenAt.getTime()
  const tenure = fence.hold({
    isGood: () => !lost.signal.aborted && ageMs() < goodForMs,
    whenKnown: () => known.promise,
  })

  const lose = (why: string, cause: unknown): void => {
    const error = lockLost(why, cause)
    lost.abort(error)
    known.reject(error)
  }

  /** The old lock is looked for before and after: whoever removed it meanwhile did not see the new one. */
  async function replace(stop: AbortSignal): Promise<void> {
    await requireThere(repository, mine.id, stop)
    const next = await writeLock(repository, kind, stop)
    leftovers.add(next.id)
    await requireThere(repository, mine.id, stop)
    stop.throwIfAborted()
    leftovers.delete(next.id)
    leftovers.add(mine.id)
    mine = next
    known.resolve(undefined)
    known = anAnswer()
    await sweep()
  }

  /** What could not be removed is tried again the next time. */
  async function sweep(): Promise<void> {
    for (const id of leftovers) {
      await removeLock(repository, id)
      leftovers.delete(id)
    }
  }

  async function refreshOften(): Promise<void> {
    for (;;) {
      await locking.wait(tickMs, released.signal)
      // A clock that was set back would else not call for a refresh for as long as it was set back.
      if (ageMs() >= 0 && ageMs() < refreshMs) continue
      const last = ageMs() >= goodForMs
      const written = mine
      const failure = await inTime(replace)
      if (mine !== written) continue
      const isGone = failure === lockGone
      if (isGone || last) {
        lose(isGone ? 'somebody removed it' : `it was not refreshed for ${describeAge(ageMs())}`, failure)
        return
      }
      await locking.wait(pauseAfterFailureMs, released.signal)
    }
  }

  /** A destination that hangs is one that fails. */
  async function inTime(work: (stop: AbortSignal) => Promise<void>): Promise<unknown> {
    const over = new AbortController()
    const stop = AbortSignal.any([released.signal, over.signal])
    const late = locking.wait(attemptMs, stop).then(() => new Error('the destination does not answer'))
    attempt = work(stop)
    try {
      return await Promise.race([attempt, late])
    } catch (error) {
      return error
    } finally {
      for (const left of [attempt, late]) left.catch(() => undefined)
      over.abort()
    }
  }

  /** What is being written must be removed too, if the destination ever answers. */
  async function endOfAttempt(): Promise<void> {
    const ended = new AbortController()
    const late = locking.wait(attemptMs, ended.signal).catch(() => undefined)
    await Promise.race([attempt.catch(() => undefined), late])
    ended.abort()
  }

  const keeping = refreshOften().catch((error: unknown) => {
    if (!released.signal.aborted) lose('it is not refreshed any more', error)
  })
  return {
    lost: lost.signal,
    async release() {
      released.abort()
      await keeping
      await endOfAttempt()
      tenure[Symbol.dispose]()
      leftovers.add(mine.id)
      try {
        await sweep()
      } catch (error) {
        // The work is done all the same: whoever comes next sees that this process is gone.
        const message = `a lock could not be removed, and may stop others: ${messageOf(error)}`
        locking.onNotice({ kind: 'not-removed', message })
      }
    },
  }
}

/** Whoever waits for it looks at how it ends; nobody need wait. */
function anAnswer(): PromiseWithResolvers<undefined> {
  const answer = Promise.withResolvers<undefined>()
  answer.promise.catch(() => undefined)
  return answer
}

const lockGone = new RedomaError('OBJECT_NOT_FOUND', 'the lock is gone')

async function requireThere(repository: Repository, id: ObjectId, stop: AbortSignal): Promise<void> {
  if ((await sizeOf(repository, id, stop)) === undefined) throw lockGone
}

function lockLost(why: string, cause: unknown): RedomaError {
  return new RedomaError('REPOSITORY_LOCK_LOST', `the lock on the repository is lost: ${why}`, {
    hint: 'Others may work there now, so this run stopped. Nothing half-done counts; run it again.',
    cause,
  })
}
