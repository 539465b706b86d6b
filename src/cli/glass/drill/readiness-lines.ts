import type { ReadinessReport } from '../../../app/readiness.ts'
import { formatTime } from '../../figures.ts'
import { printable } from '../../printable.ts'
import type { Style } from '../../style.ts'
import { table } from '../../table.ts'

const dayMs = 86_400_000

/** "4 of 5 shares proven (needed: any 3 of 5), oldest proof 12 days", and what is wrong with that. */
export function readinessLines(report: ReadinessReport, now: Date, style: Style): string[] {
  const { readiness, needed, warnings } = report
  const { shares, proven, oldestProofAt, wholeProvenAt, dueAt } = readiness
  const isBad = readiness.drill !== 'in-time' || readiness.quorum === 'not-proven'
  const colour = isBad ? style.red : warnings.length > 0 ? style.yellow : style.green
  const ofShares =
    needed === undefined
      ? []
      : [
          `${colour(`${proven} of ${shares.length} shares proven`)}, needed: ${printable(needed)}${oldestProofAt === undefined ? '' : `, oldest proof ${age(oldestProofAt, now)} old`}`,
        ]
  return [
    ...ofShares,
    `The whole key: ${wholeProvenAt === undefined ? 'never proven by a drill' : `proven ${age(wholeProvenAt, now)} ago`}`,
    ...(dueAt === undefined ? [] : [`The next drill is due by ${formatTime(dueAt)}`]),
    ...warnings.map((warning) => `${style.yellow('warning:')} ${warning}`),
  ]
}

/** A line for each share; none without a quorum. */
export function shareTable({ readiness, guardians }: ReadinessReport, now: Date, style: Style): string[] {
  if (readiness.shares.length === 0) return []
  const columns = ['SHARE', 'GROUP', 'GUARDIAN', 'PROVEN', 'BY'].map((title) => ({ title }))
  const rows = readiness.shares.map(({ number, group, provenAt, drill }) => [
    String(number),
    printable(group),
    printable(guardians.get(number)?.name ?? '–'),
    provenAt === undefined ? style.yellow('never') : `${age(provenAt, now)} ago`,
    provenAt === undefined ? '–' : drill === undefined ? 'the ceremony' : `drill ${drill.slice(0, 8)}`,
  ])
  return table(columns, rows, style)
}

function age(time: Date, now: Date): string {
  const days = Math.floor(Math.max(0, now.getTime() - time.getTime()) / dayMs)
  return days === 0 ? 'less than a day' : days === 1 ? '1 day' : `${days} days`
}
