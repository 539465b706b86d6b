import { events } from '../ports/events.ts'
import type { Notice } from '../ports/notice.ts'

/** A notice as machines read it: `docs/operator/events.md` says what each member is. Members are only ever added. */
export function noticeJson(notice: Notice): object {
  const { id, event, severity, at, instance, subject, title, text, hint, fields, incident } = notice
  return {
    schema: 'redoma-notice/1',
    id,
    event,
    eventId: events[event].id,
    severity,
    at: at.toISOString(),
    instance,
    subject,
    title,
    text,
    hint,
    fields,
    incident: incident && {
      id: incident.id,
      phase: incident.phase,
      openedAt: incident.openedAt.toISOString(),
    },
  }
}
