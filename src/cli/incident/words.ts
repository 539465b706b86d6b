import type { Severity } from '../../ports/events.ts'
import type { Acknowledgement, Incident } from '../../ports/incident.ts'
import { formatTime } from '../figures.ts'
import { printable } from '../printable.ts'
import type { Style } from '../style.ts'
import { table } from '../table.ts'

/** A line for each. */
export function incidentTable(incidents: readonly Incident[], style: Style): string[] {
  const columns = [
    { title: 'NO', align: 'right' },
    { title: 'SEVERITY', cut: 'nothing' },
    { title: 'SINCE', cut: 'nothing' },
    ...(incidents.some(isOver) ? [{ title: 'UNTIL', cut: 'nothing' } as const] : []),
    { title: 'WHAT' },
  ] as const
  return table(columns, incidents.map(rowIn), style)

  function rowIn(incident: Incident): string[] {
    const { id, severity, openedAt, closedAt, title, acknowledged } = incident
    const until = closedAt === undefined ? '' : formatTime(closedAt)
    return [
      String(id),
      closedAt === undefined ? severityWord(severity, style) : severity,
      formatTime(openedAt),
      ...(incidents.some(isOver) ? [until] : []),
      acknowledged === undefined ? printable(title) : `${printable(title)} ${style.dim('(known)')}`,
    ]
  }
}

export function acknowledgedWords({ at, by, why }: Acknowledgement): string {
  return `${printable(why)} (${printable(by)}, ${formatTime(at)})`
}

function isOver({ closedAt }: Incident): boolean {
  return closedAt !== undefined
}

export function severityWord(severity: Severity, style: Style): string {
  if (severity === 'info') return severity
  return (severity === 'warning' ? style.yellow : style.red)(severity)
}
