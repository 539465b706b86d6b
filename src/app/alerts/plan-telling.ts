import { type ChannelRecord, takesDigests } from '../../ports/channel.ts'
import { type EventName, severities } from '../../ports/events.ts'
import type { QueuedNotice } from '../../ports/incident.ts'
import { endOfQuiet, isQuiet } from './quiet-hours.ts'

/** What is done about the notices that wait for a channel. Each is in one of the three, or waits on. */
export interface Telling {
  /** To be told now, in this order: one message each, of one notice or of several together. */
  readonly messages: readonly (readonly [QueuedNotice, ...QueuedNotice[]])[]
  /** Too mild for this channel: never told over it. */
  readonly passedOver: readonly QueuedNotice[]
  /** When to look again for those that wait on; absent: none does. */
  readonly nextAt?: Date | undefined
}

type Rules = Pick<ChannelRecord, 'spec' | 'leastSeverity' | 'quietHours' | 'digestMinutes'> & {
  readonly id?: string
}

/** Of several together, so that a message has an end. */
const mostTogether = 50
/** Of one moment: people who get a hundred mails at once read none of them. */
const mostAlone = 10

/** @param waiting oldest first */
export function planTelling(rules: Rules, waiting: readonly QueuedNotice[], now: Date): Telling {
  const passedOver = waiting.filter((notice) => !isWanted(rules, notice))
  const wanted = waiting.filter((notice) => isWanted(rules, notice))
  const lastUrgent = new Map(wanted.filter(isUrgent).map(({ id, incident }) => [incident?.id, id]))
  // What came before it of the same incident goes with it: people hear of one in its order.
  const isNow = (notice: QueuedNotice): boolean =>
    isUrgent(notice) ||
    (notice.incident !== undefined && notice.id < (lastUrgent.get(notice.incident.id) ?? 0))
  const urgent = wanted.filter(isNow)
  const others = wanted.filter((notice) => !isNow(notice))
  const due = dueAt(rules, others, now)
  const isDue = due !== undefined && due <= now
  const isHeld = rules.digestMinutes > 0 || rules.quietHours !== undefined
  const messages = [...inMessages(rules, urgent, false), ...(isDue ? inMessages(rules, others, isHeld) : [])]
  return { messages, passedOver, nextAt: isDue ? undefined : due }
}

/** Somebody who asks for a test waits for it, and each channel is a witness. */
function isWanted({ id, leastSeverity }: Rules, { severity, event, person }: QueuedNotice): boolean {
  if (person !== undefined) return person.channel === id
  return always.includes(event) || severities.indexOf(severity) >= severities.indexOf(leastSeverity)
}

const always: readonly EventName[] = ['test', 'ledger-head', 'audit-head']

/** What is for a person alone goes into no mail to others. */
function isUrgent({ severity, event, person }: QueuedNotice): boolean {
  return severity === 'critical' || event === 'test' || person !== undefined
}

/** All that is not urgent goes together: when the oldest has waited long enough, and nobody sleeps. */
function dueAt(
  { spec, quietHours, digestMinutes }: Rules,
  [oldest]: readonly QueuedNotice[],
  now: Date,
): Date | undefined {
  if (oldest === undefined) return undefined
  const waitMs = takesDigests(spec) ? digestMinutes * 60_000 : 0
  // What comes from the future, by a clock that was set back since, has waited long enough.
  const sinceMs = oldest.at > now ? 0 : oldest.at.getTime()
  const due = new Date(Math.max(sinceMs + waitMs, now.getTime()))
  return quietHours === undefined || !isQuiet(quietHours, due) ? due : endOfQuiet(quietHours, due)
}

/** What was held, for a digest or while people slept, is told together where that is possible; and what comes in a flood. */
function inMessages(
  { spec }: Rules,
  notices: readonly QueuedNotice[],
  wasHeld: boolean,
): [QueuedNotice, ...QueuedNotice[]][] {
  if (!takesDigests(spec) || !(wasHeld || notices.length > mostAlone)) return notices.map(alone)
  const messages: [QueuedNotice, ...QueuedNotice[]][] = []
  for (let from = 0; from < notices.length; from += mostTogether) {
    const [first, ...rest] = notices.slice(from, from + mostTogether)
    if (first !== undefined) messages.push([first, ...rest])
  }
  return messages
}

function alone(notice: QueuedNotice): [QueuedNotice] {
  return [notice]
}
