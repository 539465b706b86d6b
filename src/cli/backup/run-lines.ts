import type { PartOutcome, Run, RunPart, RunState } from '../../ports/catalogue.ts'
import { count, formatBytes, formatSpan, formatTime } from '../figures.ts'
import { printable } from '../printable.ts'
import type { Style } from '../style.ts'
import { table } from '../table.ts'

const warningsShown = 10

/** What a run did: a line of what came of it, a table of its parts, and what went wrong. */
export function runLines(run: Run, style: Style, plan?: string): string[] {
  const columns = [
    { title: '' },
    { title: 'JOB', cut: 'nothing' },
    { title: 'SOURCE' },
    { title: 'TO' },
    { title: 'ITEMS', align: 'right' },
    { title: 'NEW', align: 'right' },
    { title: 'SIZE', align: 'right' },
    { title: 'ADDED', align: 'right' },
    { title: 'TIME', align: 'right' },
    { title: 'RESULT', cut: 'middle' },
  ] as const
  const rows = run.parts.map((part) => row(part, style))
  return [
    `${stateWords(run.state, style)}  ${style.dim(`run ${run.id}${plan === undefined ? '' : ` of the plan ${printable(plan)}`}, ${formatTime(run.startedAt)}${lasted(run)}${dueWords(run)}`)}`,
    ...(rows.length === 0
      ? ['There was nothing to copy: no source of what was asked for. See redoma source list.']
      : ['', ...table(columns, rows, style)]),
    ...run.parts.flatMap((part) => problemLines(part, style)),
    ...run.remarks.flatMap((remark) => ['', `${style.yellow('!')} ${printable(remark)}`]),
  ]
}

export function stateWords(state: RunState, style: Style): string {
  switch (state.kind) {
    case 'running':
      return 'under way'
    case 'done':
      return style.green('✓ done')
    case 'done-with-warnings':
      return style.yellow('! done with warnings')
    case 'failed':
      return style.red('✗ failed')
    case 'cancelled':
      return style.yellow(`! cancelled by ${printable(state.by)}`)
    case 'lost':
      return style.red('✗ its process died')
  }
}

function lasted(run: Run): string {
  if (!('finishedAt' in run.state)) return ''
  return `, ${formatSpan(run.state.finishedAt.getTime() - run.startedAt.getTime())}`
}

/** Of one that was made up for, or had to wait. */
function dueWords({ dueAt, startedAt }: Run): string {
  const isLate = dueAt !== undefined && startedAt.getTime() - dueAt.getTime() >= 60_000
  return isLate ? `, due ${formatTime(dueAt)}` : ''
}

function row(part: RunPart, style: Style): string[] {
  const { items, itemsNew, bytes, bytesStored } = part.figures
  const failed = part.outcome.kind === 'failed'
  const figures = [
    items.toLocaleString('en-US'),
    itemsNew.toLocaleString('en-US'),
    formatBytes(bytes),
    formatBytes(bytesStored),
  ]
  return [
    mark(part.outcome, style),
    part.job,
    printable(part.source),
    printable(part.destination),
    ...(failed ? ['', '', '', ''] : figures),
    formatSpan(part.finishedAt.getTime() - part.startedAt.getTime()),
    failed ? '' : product(part),
  ]
}

/** The whole name of a bundle, the first eight digits of a snapshot, as restic shows them. */
function product({ job, product: name = '' }: RunPart): string {
  return job === 'system' ? name.slice(0, 8) : printable(name)
}

function mark(outcome: PartOutcome, style: Style): string {
  switch (outcome.kind) {
    case 'done':
      return style.green('✓')
    case 'done-with-warnings':
      return style.yellow('!')
    case 'failed':
      return style.red('✗')
  }
}

function problemLines({ job, source, destination, outcome }: RunPart, style: Style): string[] {
  const where = printable(`${job} ${source} → ${destination}`)
  switch (outcome.kind) {
    case 'done':
      return []
    case 'failed': {
      const { message, hint } = outcome.failure
      const advice = hint === undefined ? [] : [`  ${style.dim('try:')} ${printable(hint)}`]
      return ['', `${style.red('✗')} ${where}: ${printable(message)}`, ...advice]
    }
    case 'done-with-warnings': {
      const shown = outcome.warnings.slice(0, warningsShown).map((warning) => `  ${printable(warning)}`)
      const more = outcome.warnings.length - shown.length
      return [
        '',
        `${style.yellow('!')} ${where}: ${count(outcome.warnings.length, 'warning')}`,
        ...shown,
        ...(more > 0 ? [style.dim(`  … and ${more} more: redoma backup show --json`)] : []),
      ]
    }
  }
}
