import { sourceOf } from '../../app/choose-snapshot.ts'
import type { ForgetPlan } from '../../app/plan-forget.ts'
import type { PlannedGroup, Verdict } from '../../repository/retention/plan-retention.ts'
import type { StoredSnapshot } from '../../repository/snapshots/snapshot.ts'
import { count, formatTime } from '../figures.ts'
import { printable } from '../printable.ts'
import { timeOf } from '../restore/snapshot-json.ts'
import type { Style } from '../style.ts'
import { type Column, table } from '../table.ts'

type Group = PlannedGroup<StoredSnapshot>

/** What stays of each group and why, and what goes; newest first. */
export function forgetLines(
  at: string,
  { groups, others, damaged, notThere }: ForgetPlan,
  style: Style,
): string[] {
  const going = damaged.filter(({ kind }) => kind === 'goes')
  return [
    ...groups.flatMap((group) => groupLines(at, group, style)),
    ...othersLines(at, others, style),
    ...going.map(
      ({ snapshot }) =>
        `${style.bold(printable(at))}  snapshots/${snapshot.id} is damaged, and ${style.red('goes')}`,
    ),
    ...notThere.map((snapshot) => `${style.bold(printable(at))}  has no snapshot ${snapshot}`),
  ]
}

/** Nobody shall think that rules were applied to what they were not applied to. */
function othersLines(at: string, others: ForgetPlan['others'], style: Style): string[] {
  if (others.length === 0) return []
  const sum = others.reduce((so, { snapshots }) => so + snapshots, 0)
  const whose = others.map(({ host, snapshots }) => `${printable(host || '(none)')} ${snapshots}`).join(', ')
  const what = `${count(sum, 'snapshot')} of other hosts left alone: ${whose}`
  return [`${style.bold(printable(at))}  ${what}  ${style.dim('(--host NAME, --all-hosts)')}`]
}

function groupLines(at: string, group: Group, style: Style): string[] {
  return [
    [style.bold(printable(at)), titleOf(group), style.dim(sumOf(group))]
      .filter((part) => part !== '')
      .join('  '),
    ...tableOf(group, style),
    '',
  ]
}

function tableOf({ labels, verdicts }: Group, style: Style): string[] {
  const saysSource = labels.some(({ name }) => name === 'source')
  const source = saysSource ? [] : [{ title: 'SOURCE' }]
  const columns: Column[] = [
    { title: 'SNAPSHOT', cut: 'nothing' },
    { title: 'TIME', cut: 'nothing' },
    ...source,
    { title: 'FATE' },
    { title: 'WHY' },
  ]
  const rows = verdicts.map((verdict) => row(verdict, saysSource, style))
  return table(columns, rows, style)
}

function titleOf({ labels }: Group): string {
  return labels.map(({ name, values }) => printable(`${name} ${values.join(' ') || '(none)'}`)).join(', ')
}

function sumOf({ verdicts }: Group): string {
  const going = verdicts.filter(({ kind }) => kind === 'goes').length
  return `${count(verdicts.length - going, 'stays', 'stay')}, ${count(going, 'goes', 'go')}`
}

function row(verdict: Verdict<StoredSnapshot>, saysSource: boolean, style: Style): string[] {
  const { kind, snapshot } = verdict
  const source = saysSource ? [] : [printable(sourceOf(snapshot))]
  const cells = [snapshot.id.slice(0, 8), formatTime(timeOf(snapshot)), ...source]
  if (kind === 'goes') return [...cells, style.red(kind)]
  return [...cells, style.green(kind), style.dim(printable(verdict.reasons.join(', ')))]
}
