import { type Severity, severities } from '../../ports/events.ts'
import type { Incident, IncidentStep, Trouble } from '../../ports/incident.ts'

const hourMs = 3_600_000
/** Clocks are put right by a little all the time. */
const aheadMs = hourMs
const remindAfterMs: Readonly<Record<Severity, number>> = {
  critical: 24 * hourMs,
  error: 24 * hourMs,
  warning: 7 * 24 * hourMs,
  info: Infinity,
}

/**
 * What is to be opened, brought up to date and closed, so that the open incidents are the troubles that there are. People hear of one when it
 * begins, gets worse, and is over, and again after a day, or a week where it is but a warning, unless somebody has said that it is known. The
 * same troubles once more change nothing.
 */
export function judgeIncidents(
  open: readonly Incident[],
  troubles: readonly Trouble[],
  at: Date,
): readonly IncidentStep[] {
  const known = new Map(open.map((incident) => [keyOf(incident), incident]))
  const found = new Map(troubles.map((trouble) => [keyOf(trouble), trouble]))
  const closing = open.filter((incident) => !found.has(keyOf(incident)))
  return [
    ...closing.map(({ id }) => ({ kind: 'close', id }) as const),
    ...[...found].flatMap(([key, trouble]) => stepOf(known.get(key), trouble, at)),
  ]
}

function keyOf({ kind, key }: Pick<Trouble, 'kind' | 'key'>): string {
  return `${kind} ${key}`
}

function stepOf(incident: Incident | undefined, trouble: Trouble, at: Date): readonly IncidentStep[] {
  if (incident === undefined) return [{ kind: 'open', trouble }]
  const { id } = incident
  const tell = isWorse(trouble.severity, incident.severity)
    ? 'worsened'
    : incident.acknowledged === undefined && isLongAgo(incident.toldAt, at, remindAfterMs[trouble.severity])
      ? 'reminder'
      : undefined
  if (tell !== undefined) return [{ kind: 'update', id, trouble, tell }]
  return isSame(incident, trouble) ? [] : [{ kind: 'update', id, trouble }]
}

/** What was told in the future was told by a clock that was ahead, which must not silence it for years. */
function isLongAgo(toldAt: Date, at: Date, longMs: number): boolean {
  const passedMs = at.getTime() - toldAt.getTime()
  return passedMs >= longMs || passedMs < -aheadMs
}

function isWorse(one: Severity, other: Severity): boolean {
  return severities.indexOf(one) > severities.indexOf(other)
}

function isSame(one: Trouble, other: Trouble): boolean {
  return (
    one.severity === other.severity &&
    one.subject === other.subject &&
    one.title === other.title &&
    one.text === other.text &&
    one.hint === other.hint &&
    isSameFields(one.fields, other.fields)
  )
}

function isSameFields(one: Trouble['fields'], other: Trouble['fields']): boolean {
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length && names.every((name) => Object.is(one[name], other[name]))
  )
}
