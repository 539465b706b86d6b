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
    const troubles = await findTroubles()
    const at = clock.now()
    const steps = await catalogue.incidents.record((open) => judgeIncidents(open, troubles, at), at)
    for (const step of steps) logStep(log, step)
    return steps
  }
}

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
