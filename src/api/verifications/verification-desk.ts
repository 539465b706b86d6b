import { randomUUID } from 'node:crypto'
import { messageOf, RedomaError } from '../../core/errors.ts'
import type { Progress } from '../../ports/progress.ts'
import type { ApiDeps } from '../deps.ts'
import { noProgressYet, withEvent } from '../runs/run-progress.ts'
import type { DeskVerification, VerificationDesk } from './desk.ts'

const endedRemembered = 8

/** A desk whose verification is stopped when the daemon stops. */
export function openVerificationDesk({
  instance,
  clock,
  stopping,
}: Pick<ApiDeps, 'instance' | 'clock' | 'stopping'>): VerificationDesk {
  /** Oldest first. */
  const known = new Map<string, DeskVerification>()
  let current: { readonly id: string; readonly controller: AbortController; stoppedBy?: string } | undefined
  let ended = Promise.resolve()

  const get = (id: string): DeskVerification => {
    const found = known.get(id)
    if (found !== undefined) return found
    throw new RedomaError('NOT_FOUND', `no verification ${id} was begun here, or it ended long ago`)
  }
  return {
    start(request) {
      if (current !== undefined) {
        throw new RedomaError('RUN_UNDER_WAY', `verification ${current.id} is under way`, {
          hint: 'Wait for its end, or stop it.',
        })
      }
      const work = { id: randomUUID(), controller: new AbortController() }
      current = work
      const begun = { id: work.id, startedAt: clock.now(), startedBy: request.actor }
      const standsAt = (state: DeskVerification['state']): void => {
        known.set(work.id, { ...begun, state })
      }
      standsAt({ kind: 'running', progress: noProgressYet })
      let progress = noProgressYet
      const told: Progress = (event) => {
        progress = withEvent(progress, event)
        standsAt({ kind: 'running', progress })
      }
      const signal = AbortSignal.any([work.controller.signal, stopping])
      ended = instance
        .verify(request, told, signal)
        .then(
          (report): DeskVerification['state'] => ({ kind: 'done', report }),
          (error: unknown) => endOf(error, signal, instance.log, work),
        )
        .then((state) => {
          standsAt(state)
          current = undefined
          const [oldest] = known.keys()
          if (known.size > endedRemembered && oldest !== undefined) known.delete(oldest)
        })
      return get(work.id)
    },
    get,
    underWay: () => current && known.get(current.id),
    idle: () => ended,
    cancel(id, by) {
      get(id)
      if (current?.id !== id) throw new RedomaError('USAGE', `verification ${id} has ended`)
      current.stoppedBy ??= by
      current.controller.abort(new RedomaError('CANCELLED', `verification ${id} was stopped by ${by}`))
    },
  }
}

function endOf(
  error: unknown,
  signal: AbortSignal,
  log: ApiDeps['instance']['log'],
  { id, stoppedBy }: { readonly id: string; readonly stoppedBy?: string },
): DeskVerification['state'] {
  if (signal.aborted) return { kind: 'cancelled', by: stoppedBy }
  log.error('verification failed', { verification: id, why: messageOf(error) })
  return { kind: 'failed', why: messageOf(error) }
}
