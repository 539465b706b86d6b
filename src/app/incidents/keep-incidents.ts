import { isRedomaError } from '../../core/errors.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import type { Clock } from '../../ports/clock.ts'
import type { IncidentStep } from '../../ports/incident.ts'
import type { Log } from '../../ports/log.ts'
import type { FindTroubles } from './find-troubles.ts'
import { judgeIncidents } from './judge-incidents.ts'

export interface KeepIncidentsDeps {
  readonly catalogue: Pick<Catalogue, 'incidents'>
  readonly clock: Clock
  readonly log: Log
  readonly findTroubles: FindTroubles
}

/**
 * Makes the open incidents those that there are, and queues what people are to be told of it. Whoever does so next, in this process or another,
 * comes to the same: nothing is told twice, and nothing is forgotten when a process dies.
 *
 * @throws RedomaError `FILE_FAILED` when the catalogue is busy, `CATALOGUE_DAMAGED`
 */
export type KeepIncidents = () => Promise<readonly IncidentStep[]>

export function makeKeepIncidents({ catalogue, clock, log, findTroubles }: KeepIncidentsDeps): KeepIncidents {
  return async () => {
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      const steps = await keepOnce()
      if (steps === undefined) continue
      for (const step of steps) logStep(log, step)
      return steps
    }
    // Others keep at it, and it is looked again before long.
    return []
  }

  /** What was found before another process opened or closed one may be over: an incident that was closed meanwhile would be opened, and told, once more. */
  async function keepOnce(): Promise<readonly IncidentStep[] | undefined> {
    const { incidents } = catalogue
    const seen = await incidents.seen()
    const troubles = await findTroubles()
    const at = clock.now()
    try {
      return await incidents.record((open) => judgeIncidents(open, troubles, at), at, seen)
    } catch (error) {
      if (isRedomaError(error, 'CHANGED_MEANWHILE')) return undefined
      throw error
    }
  }
}

const mostAttempts = 5

function logStep(log: Log, step: IncidentStep): void {
  switch (step.kind) {
    case 'open': {
      const { kind, subject, severity, text } = step.trouble
      log[severity === 'info' || severity === 'warning' ? 'warn' : 'error']('incident opened', {
        kind,
        subject,
        severity,
        why: text,
      })
      return
    }
    case 'update':
      if (step.tell === 'worsened')
        log.error('incident worsened', { incident: step.id, severity: step.trouble.severity })
      return
    case 'close':
      log.info('incident closed', { incident: step.id })
  }
}
