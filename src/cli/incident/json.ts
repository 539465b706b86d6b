import { events } from '../../ports/events.ts'
import type { Incident } from '../../ports/incident.ts'

/** As scripts get it. */
export function incidentJson(incident: Incident): Readonly<Record<string, unknown>> {
  const { id, kind, subject, severity, title, text, hint, fields, openedAt, updatedAt, closedAt } = incident
  return {
    id,
    event: events[kind].id,
    kind,
    subject,
    severity,
    title,
    text,
    hint,
    fields,
    openedAt: openedAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    closedAt: closedAt?.toISOString(),
  }
}
