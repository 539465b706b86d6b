import type { PlannedRestore } from '../../app/restores/restores.ts'
import { isRedomaError, messageOf, RedomaError } from '../../core/errors.ts'
import { wait } from '../../core/wait.ts'
import { whenAborted } from '../../core/when-aborted.ts'
import type { RestoreEnd } from '../../ports/restore.ts'
import type { RunProgress } from '../../ports/run-progress.ts'
import type { ApiDeps } from '../deps.ts'
import { noProgressYet, withEvent } from '../runs/run-progress.ts'
import type { RestoreDesk } from './desk.ts'

/** With the one that goes on: who asks for more has something else in mind. */
const mostKnown = 16
const againMs = 5000

interface Work {
  readonly planned: PlannedRestore
  readonly controller: AbortController
  progress: RunProgress
  stoppedBy?: string
  ended: Promise<void>
}

/** A desk whose restores are stopped when the daemon stops. */
export function openRestoreDesk({
  instance: { catalogue, restores, log },
  clock,
  stopping,
}: Pick<ApiDeps, 'instance' | 'clock' | 'stopping'>): RestoreDesk {
  const works = new Map<number, Work>()
  let beginning = 0
  let before: Promise<unknown> = Promise.resolve()
  return {
    async start(plan) {
      if (works.size + beginning >= mostKnown)
        throw new RedomaError('RUN_UNDER_WAY', `${mostKnown} restores are under way or wait already`, {
          hint: 'Wait for the end of one, or stop it.',
        })
      beginning += 1
      try {
        const planned = await plan()
        const { what, asker } = planned
        const askedAt = clock.now()
        const audited = {
          ...{ at: askedAt, actor: asker.actor, action: 'snapshot.restore', subject: what.target },
          detail: detailOf(planned),
        }
        const kept = await catalogue.restores.add(
          { what, askedBy: asker.actor, askedAt },
          process.pid,
          audited,
        )
        const work: Work = {
          ...{ planned, controller: new AbortController() },
          ...{ progress: noProgressYet, ended: Promise.resolve() },
        }
        works.set(kept.id, work)
        work.ended = inTurn(kept.id, work, before)
        before = Promise.all([before, work.ended])
        log.info('restore asked for', { restore: kept.id, by: asker.actor, to: what.target })
        return kept
      } finally {
        beginning -= 1
      }
    },
    cancel(id, by) {
      const work = works.get(id)
      if (work === undefined) return false
      work.stoppedBy ??= by
      work.controller.abort(new RedomaError('CANCELLED', `restore ${id} was stopped by ${by}`))
      return true
    },
    async ended(id) {
      await works.get(id)?.ended
    },
    progressOf: (id) => works.get(id)?.progress,
    async idle() {
      await before
    },
  }

  async function inTurn(id: number, work: Work, others: Promise<unknown>): Promise<void> {
    const signal = AbortSignal.any([work.controller.signal, stopping])
    const end = await endOf(id, work, others, signal)
    await keepEnd(id, end)
    log.info('restore ended', { restore: id, state: end.kind })
    works.delete(id)
  }

  async function endOf(
    id: number,
    work: Work,
    others: Promise<unknown>,
    signal: AbortSignal,
  ): Promise<RestoreEnd> {
    try {
      using stopped = whenAborted(signal)
      await Promise.race([others, stopped.promise])
      signal.throwIfAborted()
      await catalogue.restores.begin(id, clock.now())
      const onProgress: Parameters<typeof restores.carryOut>[1] = (event) => {
        work.progress = withEvent(work.progress, event)
      }
      const outcome = await restores.carryOut(work.planned, onProgress, signal)
      return { kind: outcome.problemCount === 0 ? 'done' : 'done-with-warnings', outcome }
    } catch (error) {
      if (signal.aborted) return { kind: 'cancelled', by: work.stoppedBy ?? 'the daemon, which was stopped' }
      log.error('restore failed', { restore: id, why: messageOf(error) })
      const { code, hint } = isRedomaError(error) ? error : { code: 'INTERNAL' as const, hint: undefined }
      return { kind: 'failed', failure: { code, message: messageOf(error), hint } }
    }
  }

  /** Where the disk is full: until there is room. One whose end was not written when the daemon stops is found lost. */
  async function keepEnd(id: number, end: RestoreEnd): Promise<void> {
    for (;;) {
      try {
        await catalogue.restores.finish(id, end, clock.now())
        return
      } catch (error) {
        log.error('end of a restore not kept', { restore: id, why: messageOf(error) })
      }
      try {
        await wait(againMs, stopping)
      } catch {
        return
      }
    }
  }
}

function detailOf({
  what: { destination, snapshot, path = '/', dryRun, overwrite, ...what },
}: PlannedRestore): string {
  const how = dryRun ? 'dry run' : `overwrite ${overwrite}${what.delete ? ', delete' : ''}`
  return `${snapshot.slice(0, 8)}:${path} at ${destination}; ${how}`
}
