import { events } from '../ports/events.ts'
import type { Notice } from '../ports/notice.ts'

/*
 * What people read of a notice, in chats and mails: its words in one line each.
 */

/** How it stands, in a word or two. */
export function stateOf({ severity, incident }: Notice): string {
  switch (incident?.phase) {
    case 'closed':
      return 'Over'
    case 'reminder':
      return `Still ${severity}`
    case 'worsened':
      return `Worse, ${severity} now`
    case 'opened':
    case undefined:
      return `${severity.charAt(0).toUpperCase()}${severity.slice(1)}`
  }
}

export function headlineOf(notice: Notice): string {
  if (isForGuardian(notice)) return notice.title
  return `${stateOf(notice)}: ${notice.title}`
}

/** What happened and what can be done, each in a line. */
export function linesOf(notice: Notice): string[] {
  const { text, hint } = notice
  // The same once more, in another language.
  if (isForGuardian(notice)) return [text, '', hint ?? '']
  return [text, ...(hint === undefined ? [] : [`What to do: ${hint}`])]
}

function isForGuardian({ event }: Notice): boolean {
  return event === 'guardian-reminded'
}

/** Whose it is and what it is called, for who looks it up. */
export function sourceOf({ event, at, instance, incident }: Notice): string {
  const number = incident === undefined ? '' : ` · incident ${incident.id}`
  return `${instance.name} (${instance.host}) · ${utc(at)} · ${event} (${events[event].id})${number}`
}

/** `2026-11-28 08:15 UTC` */
export function utc(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

export function digestTitle(notices: readonly Notice[]): string {
  const [first] = notices
  return `${notices.length} notices from ${first?.instance.name ?? 'Redoma'}`
}
