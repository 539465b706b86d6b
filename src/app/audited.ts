import type { AuditEntry } from '../ports/audit-entry.ts'
import type { Catalogue } from '../ports/catalogue.ts'
import type { Clock } from '../ports/clock.ts'

/** What every use case needs that changes the catalogue, or shows a secret of it. */
export interface AuditedDeps {
  readonly catalogue: Catalogue
  readonly clock: Clock
  /** The system's user name of who does it. */
  readonly actor: string
}

/** Writes into the audit trail that it was done; no secret may be in it. */
export function audit(deps: AuditedDeps, action: string, subject: string, detail = ''): Promise<void> {
  return deps.catalogue.audit.append(auditEntry(deps, action, subject, detail))
}

/** The same, for a store that writes it together with what was done. */
export function auditEntry(
  { clock, actor }: Pick<AuditedDeps, 'clock' | 'actor'>,
  action: string,
  subject: string,
  detail: string,
): AuditEntry {
  return { at: clock.now(), actor, action, subject, detail }
}
