import { isRedomaError, messageOf } from '../core/errors.ts'
import type { RunState } from '../ports/catalogue.ts'
import type { Log } from '../ports/log.ts'
import { type AuditedDeps, audit } from './audited.ts'
import type { KeepIncidents } from './incidents/keep-incidents.ts'

export interface EndStoppedDeps extends AuditedDeps {
  readonly log: Log
  readonly keepIncidents: KeepIncidents
}

export interface StoppedRequest {
  /** Of one that was begun already, since it was due. */
  readonly run?: number | undefined
  /** Who stopped this run; asked when the signal is aborted. `undefined`: whoever stopped the process that does it. */
  readonly stoppedBy?: (() => string | undefined) | undefined
}

type EndedState = Exclude<RunState, { kind: 'running' }>

/** What becomes of a run that did not come to its end. One that was due, and is stopped with its process, counts as lost: then it is made up for. */
export function stateOfStopped(
  { actor, clock }: AuditedDeps,
  { run, stoppedBy }: StoppedRequest,
  signal: AbortSignal,
): EndedState {
  const finishedAt = clock.now()
  if (!signal.aborted) return { kind: 'failed', finishedAt }
  const by = stoppedBy?.()
  if (by !== undefined) return { kind: 'cancelled', finishedAt, by }
  if (run !== undefined) return { kind: 'lost' }
  const isWanted = isRedomaError(signal.reason, 'CANCELLED')
  return isWanted ? { kind: 'cancelled', finishedAt, by: actor } : { kind: 'failed', finishedAt }
}

/** What follows the end of a run says nothing about it any more. Where its end cannot be written, what stopped it is still what counts. */
export async function endStopped(
  deps: EndStoppedDeps,
  run: number,
  state: EndedState,
  remarks: readonly string[],
): Promise<void> {
  const { catalogue, log, keepIncidents } = deps
  try {
    if ((await catalogue.runs.get(run)).state.kind !== 'running') return
    await catalogue.runs.finish(run, state, remarks)
    if (state.kind === 'cancelled') await audit({ ...deps, actor: state.by }, 'backup.cancel', String(run))
    if (remarks.length > 0) await openIncidents({ log, keepIncidents })
  } catch (error) {
    log.error('end of the run not written', { run, why: messageOf(error) })
  }
}

/** Whoever looks next comes to the same: that it did not work here is no reason to call the run failed. */
export async function openIncidents({
  keepIncidents,
  log,
}: Pick<EndStoppedDeps, 'keepIncidents' | 'log'>): Promise<void> {
  await keepIncidents().catch((error: unknown) => {
    log.warn('incidents not kept', { why: messageOf(error) })
  })
}
