import { events } from './events.ts'
import type { Acknowledgement, Incident } from './incident.ts'

type Times = 'openedAt' | 'updatedAt' | 'closedAt'

export interface IncidentJson extends Omit<Incident, 'key' | 'toldAt' | 'acknowledged' | Times> {
  /** The number of its kind. */
  readonly event: number
  /** ISO 8601. */
  readonly openedAt: string
  readonly updatedAt: string
  readonly closedAt: string | undefined
  readonly acknowledged: AcknowledgementJson | undefined
}

interface AcknowledgementJson extends Omit<Acknowledgement, 'at'> {
  /** ISO 8601. */
  readonly at: string
}

/** As scripts and programs get it: by `--json`, and by the API. */
export function incidentJson(incident: Incident): IncidentJson {
  const { id, kind, subject, severity, title, text, hint, fields, acknowledged } = incident
  const { openedAt, updatedAt, closedAt } = incident
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
    acknowledged: acknowledged && { ...acknowledged, at: acknowledged.at.toISOString() },
  }
}
