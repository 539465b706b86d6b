import type { SyslogFormat } from '../../ports/channel.ts'
import { events, type Severity } from '../../ports/events.ts'
import type { Notice } from '../../ports/notice.ts'
import { noticeJson } from '../notice-json.ts'
import { cut } from '../plain-words.ts'

/** What follows the header of a syslog message: structured data, and the message. */
export interface Body {
  readonly structuredData: string
  readonly message: string
}

/** @param notice its words in one line each */
export function bodyOf(format: SyslogFormat, notice: Notice, version: string): Body {
  switch (format) {
    case 'structured':
      return structured(notice, version)
    case 'cef':
      return { structuredData: '-', message: cef(notice, version) }
    case 'leef':
      return { structuredData: '-', message: leef(notice, version) }
    case 'json':
      return { structuredData: '-', message: JSON.stringify(noticeJson(notice)) }
  }
}

/** RFC 5424, 6.3. 32473 is the number that the IANA keeps for those who have none (RFC 5612). */
function structured(notice: Notice, version: string): Body {
  const { id, event, title, text } = notice
  const own = { eventId: events[event].id, event, severity: notice.severity, ...circumstances(notice) }
  const elements = [
    element('origin', { software: 'redoma', swVersion: version }),
    // Of 31 bits, and never 0 (RFC 5424, 7.3.1).
    element('meta', { sequenceId: ((id - 1) % 0x7f_ff_ff_ff) + 1 }),
    element('redoma@32473', own),
    ...(Object.keys(notice.fields).length === 0 ? [] : [element('redomaFields@32473', notice.fields)]),
  ]
  const words = `${title}. ${text}`
  // What is not plain ASCII begins with a mark that it is UTF-8 (RFC 5424, 6.4).
  const mark = /^[\x20-\x7e]*$/.test(words) ? '' : '\ufeff'
  return { structuredData: elements.join(''), message: `${mark}${words}` }
}

function element(id: string, parameters: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = present(parameters).map(
    ([name, value]) => ` ${name}="${value.replaceAll(/["\\\]]/g, String.raw`\$&`)}"`,
  )
  return `[${id}${pairs.join('')}]`
}

/** ArcSight's Common Event Format, version 0. */
function cef(notice: Notice, version: string): string {
  const { id, event, severity, at, instance, subject, title, text, hint, incident } = notice
  const header = [
    'Redoma',
    'Redoma',
    version,
    String(events[event].id),
    events[event].meaning,
    String(scale[severity]),
  ]
  const extension = {
    rt: at.getTime(),
    externalId: id,
    cat: event,
    dvchost: instance.host,
    deviceExternalId: instance.id,
    // What the format's dictionary allows for it.
    msg: cut(`${title}. ${text}`, 1023),
    act: incident?.phase,
    start: incident?.openedAt.getTime(),
    cn1Label: incident && 'incident',
    cn1: incident?.id,
    cs1Label: 'subject',
    cs1: subject,
    cs2Label: 'instance',
    cs2: instance.name,
    cs3Label: hint === undefined ? undefined : 'hint',
    cs3: hint,
    ...ownKeys(notice),
  }
  const escaped = header.map((field) => field.replaceAll(/[\\|]/g, String.raw`\$&`))
  const pairs = present(extension).map(
    ([key, value]) => `${key}=${value.replaceAll(/[\\=]/g, String.raw`\$&`)}`,
  )
  return `CEF:0|${escaped.join('|')}|${pairs.join(' ')}`
}

/** QRadar's Log Event Extended Format, version 2.0: a tab parts attributes, which no value has; nothing is escaped. */
function leef(notice: Notice, version: string): string {
  const { id, event, severity, at, instance, subject, title, text } = notice
  const attributes = {
    cat: event,
    devTime: at.getTime(),
    sev: scale[severity],
    identHostName: instance.host,
    resource: subject,
    noticeId: id,
    title,
    msg: text,
    ...circumstances(notice),
    ...ownKeys(notice),
  }
  const pairs = present(attributes).map(([key, value]) => `${key}=${value}`)
  return `LEEF:2.0|Redoma|Redoma|${version.replaceAll('|', '_')}|${events[event].id}|x09|${pairs.join('\t')}`
}

/** Of 10, as both formats have it. */
const scale: Readonly<Record<Severity, number>> = { info: 2, warning: 5, error: 8, critical: 10 }

/** What notices of all events have. */
function circumstances({ instance, subject, hint, incident }: Notice) {
  return {
    instance: instance.name,
    instanceId: instance.id,
    subject,
    hint,
    incident: incident?.id,
    phase: incident?.phase,
    openedAt: incident?.openedAt.toISOString(),
  }
}

/** Figures under names that no dictionary has. */
function ownKeys({ fields }: Notice): Readonly<Record<string, string | number>> {
  const pairs = Object.entries(fields)
  return Object.fromEntries(
    pairs.map(([name, value]) => [`redoma${name.charAt(0).toUpperCase()}${name.slice(1)}`, value]),
  )
}

function present(values: Readonly<Record<string, string | number | undefined>>): [string, string][] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  )
}
