import { isRedomaError } from '../core/errors.ts'
import type { Catalogue, DestinationRecord, TakenLease } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Progress } from '../ports/progress.ts'

export interface WhileLeasedDeps {
  readonly catalogue: Pick<Catalogue, 'instance' | 'leases'>
  readonly clock: Clock
  readonly log: Log
  readonly processId: number
  /** How long another process of this instance is waited for, in milliseconds. */
  readonly patienceMs: number
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

/**
 * Does something to the repository of a destination that no other process of this instance may do at the same time: whatever writes
 * or removes there. Beside the lock in the repository, and before it, since the catalogue knows for sure which process lives. `work` is
 * handed the name of the lease, for `Locking`: locks of it that others left are of the dead.
 *
 * @throws RedomaError `RUN_UNDER_WAY`, and whatever `work` throws
 */
export type WhileLeased = <T>(
  destination: Pick<DestinationRecord, 'id' | 'name'>,
  purpose: string,
  work: (lease: string) => Promise<T>,
  progress: Progress,
  signal: AbortSignal,
) => Promise<T>

export function makeWhileLeased(deps: WhileLeasedDeps): WhileLeased {
  const { catalogue, log, processId } = deps
  return async (destination, purpose, work, progress, signal) => {
    const { token, former } = await takePatiently(deps, destination, purpose, progress, signal)
    if (former !== undefined) {
      const since = former.takenAt.toISOString()
      const from = `process ${former.processId}, which died or was not heard of`
      log.warn('lease taken over', { destination: destination.name, from, of: former.purpose, since })
    }
    try {
      return await work(leaseName(catalogue.instance.id, token))
    } finally {
      await catalogue.leases.release({ destinationId: destination.id, processId })
    }
  }
}

/** As `Locking` has it. */
function leaseName(name: string, token: number | undefined): string {
  return token === undefined ? name : `${name}#${token}`
}

const pauseMs = 1000

async function takePatiently(
  deps: WhileLeasedDeps,
  { id, name }: Pick<DestinationRecord, 'id' | 'name'>,
  purpose: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<TakenLease> {
  const { catalogue, clock, log, processId, patienceMs } = deps
  const giveUpAtMs = clock.now().getTime() + patienceMs
  for (let attempt = 1; ; attempt++) {
    const takenAt = clock.now()
    try {
      return await catalogue.leases.take({ destinationId: id, purpose, processId, takenAt })
    } catch (error) {
      if (!isRedomaError(error, 'RUN_UNDER_WAY') || takenAt.getTime() >= giveUpAtMs) throw error
      if (attempt === 1) {
        const { message } = error
        log.info('waiting for a lease', { destination: name, for: purpose, while: message })
        progress({ kind: 'waiting', subject: name, message, until: new Date(giveUpAtMs) })
      }
      await deps.wait(pauseMs, signal)
    }
  }
}
