import { events } from './events.ts'
import type { Incident } from './incident.ts'

type Times = 'openedAt' | 'updatedAt' | 'closedAt'

export interface IncidentJson extends Omit<Incident, 'key' | 'toldAt' | Times> {
  /** The number of its kind. */
  readonly event: number
  /** ISO 8601. */
  readonly openedAt: string
  readonly updatedAt: string
  readonly closedAt: string | undefined
}

/** As scripts and programs get it: by `--json`, and by the API. */
export function incidentJson(incident: Incident): IncidentJson {
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
