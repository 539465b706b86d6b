import type { DestinationReport, PlaceReport } from '../../app/test-destination.ts'
import type { DestinationCheck } from '../../app/try-promises.ts'
import { refusals } from '../../app/try-promises.ts'
import { count, formatBytes, formatSpan } from '../figures.ts'
import { printable } from '../printable.ts'
import type { Style } from '../style.ts'
import { table } from '../table.ts'

/** More is worth a look: locks and ledgers carry times. */
const clockToleranceMs = 60_000

/** What a test of a destination found: a line for each thing that backups rely on, and the figures. */
export function reportLines(report: DestinationReport, style: Style): string[] {
  const { repository, protects, remarks, location } = report
  const own = [...placeRows(report, location, style), ...roomRows(report, protects, style)]
  const shared =
    repository === undefined
      ? []
      : [
          '',
          style.bold(`The repository in ${printable(repository.path)}`),
          ...lines(
            [...placeRows(repository, repository.path, style), ...roomRows(repository, undefined, style)],
            style,
          ),
        ]
  const notes = remarks.map((remark) => `${style.yellow('note:')} ${printable(remark)}`)
  return [...lines(own, style), ...shared, ...(notes.length === 0 ? [] : ['', ...notes])]
}

type Row = readonly [mark: string, name: string, result: string]

function lines(rows: readonly Row[], style: Style): string[] {
  return table([{ title: '' }, { title: 'CHECK' }, { title: 'RESULT' }], rows, style)
}

const names: Readonly<Record<DestinationCheck['about'], string>> = {
  writing: 'writable',
  atomicity: 'atomic',
  durability: 'durable',
  ranges: 'range reads',
  listing: 'listed',
  removing: 'removable',
}

function placeRows({ checks, ...figures }: PlaceReport, location: string, style: Style): Row[] {
  const failures = checks.flatMap(({ outcome }) => (outcome.kind === 'broken' ? [outcome.failure] : []))
  const unreachable = failures.find(({ code }) => code === 'DESTINATION_UNREACHABLE')
  if (unreachable !== undefined) return [[style.red('✗'), 'reachable', printable(unreachable.message)]]
  const refused = failures.find(({ code }) => refusals.has(code))
  const rows: Row[] = [[style.green('✓'), 'reachable', printable(location)]]
  if (refused === undefined) rows.push([style.green('✓'), 'authenticated', ''])
  else rows.push([style.red('✗'), 'authenticated', printable(refused.message)])
  for (const [about, of] of Map.groupBy(checks, (check) => check.about))
    rows.push(...promiseRows(names[about], of, style))
  return [...rows, ...figureRows(figures, style)]
}

function promiseRows(name: string, checks: readonly DestinationCheck[], style: Style): Row[] {
  const broken = checks.flatMap(({ title, outcome }): Row[] =>
    outcome.kind === 'broken'
      ? [[style.red('✗'), name, `${title}: ${printable(outcome.failure.message)}`]]
      : [],
  )
  if (broken.length > 0) return broken
  const kept = checks.filter(({ outcome }) => outcome.kind === 'kept')
  const untried = checks.flatMap(({ outcome }) => (outcome.kind === 'not-possible' ? [outcome.why] : []))
  const rows: Row[] = []
  if (kept.length > 0)
    rows.push([
      style.green('✓'),
      name,
      kept.length === 1 ? (kept[0]?.title ?? '') : `${kept.length} promises kept`,
    ])
  if (untried.length > 0)
    rows.push([
      style.dim('–'),
      name,
      `${count(untried.length, 'promise')} not possible to try: ${untried[0] ?? ''}`,
    ])
  return rows
}

function figureRows({ latencyMs, speed, clockAheadMs }: Omit<PlaceReport, 'checks'>, style: Style): Row[] {
  const rows: Row[] = []
  if (latencyMs !== undefined)
    rows.push(['', 'latency', `${latencyMs.toFixed(1)} ms for a small object, put and synced`])
  if (speed !== undefined) rows.push(['', 'throughput', speedWords(speed)])
  if (clockAheadMs !== undefined) rows.push(clockRow(clockAheadMs, style))
  return rows
}

function speedWords({ write, read }: NonNullable<PlaceReport['speed']>): string {
  const reads = read === undefined ? '' : `, reads ${formatBytes(read)}/s`
  return `writes ${formatBytes(write)}/s${reads}`
}

function clockRow(aheadMs: number, style: Style): Row {
  if (aheadMs === 0) return [style.green('✓'), 'clock', 'the same as here']
  const words = `${formatSpan(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} the one here`
  return [Math.abs(aheadMs) > clockToleranceMs ? style.yellow('!') : style.green('✓'), 'clock', words]
}

function roomRows({ space }: PlaceReport, protects: DestinationReport['protects'], style: Style): Row[] {
  const enough =
    space === undefined || protects === undefined || space.totalBytes >= protects.recommendedBytes
  const rows: Row[] = []
  if (space !== undefined)
    rows.push(['', 'free space', `${formatBytes(space.freeBytes)} free of ${formatBytes(space.totalBytes)}`])
  if (protects !== undefined) {
    const room = `${formatBytes(protects.recommendedBytes)}, 150 % of the ${formatBytes(protects.bytes)} that is protected`
    rows.push([enough ? '' : style.yellow('!'), 'recommended', enough ? room : `${room}: there is less`])
  }
  return rows
}
