import { RedomaError } from '../../core/errors.ts'
import type { RunProgress, Transferred } from '../../ports/run-progress.ts'
import type { ApiDeps } from '../deps.ts'
import type { RunDesk } from './desk.ts'
import { noProgressYet, withEvent } from './run-progress.ts'

interface Work {
  readonly controller: AbortController
  stoppedBy?: string
  progress: RunProgress
  ended: Promise<void>
}

/** A desk whose runs are stopped when the daemon stops. */
export function openRunDesk({ instance, stopping }: Pick<ApiDeps, 'instance' | 'stopping'>): RunDesk {
  const works = new Map<number, Work>()
  const underWay = new Set<Promise<void>>()
  /** Of the last runs, by number. */
  const moved = new Map<number, readonly Transferred[]>()
  return {
    async start(request) {
      const started = Promise.withResolvers<number>()
      const work: Work = {
        controller: new AbortController(),
        progress: noProgressYet,
        ended: Promise.resolve(),
      }
      const ended = instance
        .createBackup(
          { ...request, started: started.resolve, stoppedBy: () => work.stoppedBy },
          (event) => {
            work.progress = withEvent(work.progress, event)
          },
          AbortSignal.any([work.controller.signal, stopping]),
        )
        .then(
          ({ run: { id }, transfers }) => {
            remember(id, transfers)
          },
          // Who began it is told until it has a number; after that the catalogue and the log are.
          started.reject,
        )
      underWay.add(ended)
      void ended.then(() => underWay.delete(ended))
      const run = await started.promise
      work.ended = ended
      works.set(run, work)
      void ended.then(() => works.delete(run))
      return run
    },
    cancel(run, by) {
      const work = works.get(run)
      if (work === undefined) return false
      work.stoppedBy ??= by
      work.controller.abort(new RedomaError('CANCELLED', `run ${run} was stopped by ${by}`))
      return true
    },
    async ended(run) {
      await works.get(run)?.ended
    },
    transfersOf: (run) => moved.get(run) ?? [],
    progressOf: (run) => works.get(run)?.progress,
    async idle() {
      await Promise.all(underWay)
    },
  }

  /** Who followed it asks at once. */
  function remember(run: number, transfers: readonly Transferred[]): void {
    moved.set(run, transfers)
    const [oldest] = moved.keys()
    if (moved.size > runsRemembered && oldest !== undefined) moved.delete(oldest)
  }
}

const runsRemembered = 8
