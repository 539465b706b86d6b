import type { SmtpSpec } from '../../ports/channel.ts'
import { events } from '../../ports/events.ts'
import type { Notice } from '../../ports/notice.ts'
import { digestTitle, headlineOf, linesOf, sourceOf, stateOf } from '../for-people.ts'
import { cut } from '../plain-words.ts'
import { digestHtml, noticeHtml } from './html.ts'

/** Of a subject. */
const mostBytes = 250

/** What a mail is made of; each word is in one line. */
export interface Mail {
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
  /** The mail that began the conversation. */
  readonly inReplyTo?: string | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** @param notice its words in one line each */
export function mailOf({ from }: SmtpSpec, notice: Notice): Mail {
  const { id, event, severity, incident } = notice
  const domain = from.slice(from.lastIndexOf('@') + 1)
  const inThread = `${notice.instance.id}@${domain}`
  const first = incident === undefined ? undefined : `<redoma.incident.${incident.id}.${inThread}>`
  const opens = incident === undefined || incident.phase === 'opened'
  return {
    subject: `${opens ? '' : 'Re: '}${subjectOf(notice)}`,
    text: `${[headlineOf(notice), '', ...linesOf(notice), '', ...figuresOf(notice), sourceOf(notice)].join('\n')}\n`,
    html: noticeHtml(notice),
    // The same each time: what is sent twice, mailboxes can tell.
    messageId: opens && first !== undefined ? first : `<redoma.notice.${id}.${inThread}>`,
    inReplyTo: opens ? undefined : first,
    headers: {
      ...forMachines,
      ...(severity === 'critical' ? { importance: 'high', 'x-priority': '1' } : {}),
      'x-redoma-event': `${events[event].id} ${event}`,
      'x-redoma-severity': severity,
      'x-redoma-state': stateOf(notice),
    },
  }
}

/** Several in one mail, which belongs to no conversation. */
export function digestMail({ from }: SmtpSpec, notices: readonly Notice[]): Mail {
  const [first] = notices
  const domain = from.slice(from.lastIndexOf('@') + 1)
  const instance = first?.instance
  const texts = notices.map((notice) => [headlineOf(notice), ...linesOf(notice), sourceOf(notice)].join('\n'))
  return {
    subject: cut(`[${instance?.name ?? ''}] ${digestTitle(notices)}`, mostBytes),
    text: `${texts.join('\n\n')}\n`,
    html: digestHtml(notices),
    messageId: `<redoma.digest.${first?.id ?? 0}-${notices.at(-1)?.id ?? 0}.${instance?.id ?? ''}@${domain}>`,
    headers: forMachines,
  }
}

/** So that nobody's holiday answers (RFC 3834; the second is Exchange's). */
const forMachines = { 'auto-submitted': 'auto-generated', 'x-auto-response-suppress': 'All' }

/** The same for all mails of an incident: where it differs, some programs begin another conversation. */
function subjectOf({ instance, event, subject, title }: Notice): string {
  if (event === 'guardian-reminded') return cut(`[${instance.name}] ${title}`, mostBytes)
  const words = event.replaceAll('-', ' ')
  return cut(`[${instance.name}] ${words.charAt(0).toUpperCase()}${words.slice(1)}: ${subject}`, mostBytes)
}

function figuresOf({ fields }: Notice): string[] {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
  return lines.length === 0 ? [] : [...lines, '']
}
