import { RedomaError } from '../../core/errors.ts'
import type { Incident } from '../../ports/incident.ts'
import { type AuditedDeps, auditEntry } from '../audited.ts'

/** By the actor, with a trace in the audit trail. */
export interface AcknowledgeIncident {
  /**
   * Says that an incident is known, and why it may last for now: nobody is reminded of it any more. It is open as before, is told when it gets
   * worse, which ends this, and when it is over.
   *
   * @throws RedomaError `NOT_FOUND`; `USAGE` without a reason, and for one that is over
   */
  acknowledge(id: number, why: string): Promise<Incident>
  /** People are reminded again. Doing so twice changes nothing. @throws RedomaError as `acknowledge` */
  undo(id: number): Promise<Incident>
}

/** More is a document, which lies elsewhere. */
export const longestReason = 500

export function makeAcknowledgeIncident(deps: AuditedDeps): AcknowledgeIncident {
  const { incidents } = deps.catalogue
  return {
    acknowledge(id, reason) {
      const why = requireReason(reason)
      return incidents.acknowledge(id, { at: deps.clock.now(), by: deps.actor, why }, (incident) =>
        auditEntry(deps, 'incident.acknowledge', String(id), `${nameOf(incident)}: ${why}`),
      )
    },
    undo: (id) =>
      incidents.acknowledge(id, undefined, (incident) =>
        auditEntry(deps, 'incident.unacknowledge', String(id), nameOf(incident)),
      ),
  }
}

function requireReason(reason: string): string {
  const why = reason.trim()
  if (why !== '' && why.length <= longestReason) return why
  throw new RedomaError(
    'USAGE',
    `an acknowledgement needs a reason, of ${longestReason} characters at most: who comes next has only that`,
  )
}

function nameOf({ kind, subject }: Incident): string {
  return `${kind} ${subject}`
}
