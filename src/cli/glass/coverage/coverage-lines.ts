import { type CoverageLine, coverageStates } from '../../../app/coverage/judge-credential.ts'
import type { CoverageReport, CoverageSummary } from '../../../app/coverage/report-coverage.ts'
import { wholeVault } from '../../../ports/bundle-store.ts'
import { count, formatTime } from '../../figures.ts'
import { printable } from '../../printable.ts'
import type { Style } from '../../style.ts'
import { facts, table } from '../../table.ts'
import { bundleWords, conditionWords, isInOrder, stateWords } from './words.ts'

/** As much as a person reads; the rest is in the other forms. */
const mostShown = 50

/** The summary, and what is not in order. */
export async function coverageLines(report: CoverageReport, style: Style): Promise<string[]> {
  const shown: CoverageLine[] = []
  let wanting = 0
  for await (const line of report.lines()) {
    if (isInOrder(line)) continue
    wanting += 1
    if (shown.length < mostShown) shown.push(line)
  }
  const columns = ['STATE', 'CONDITION', 'FOLDER', 'TITLE', 'USER', 'BUNDLE', 'OF', 'AT'].map((title) => ({
    title,
  }))
  return [
    ...summaryLines(report.summary, style),
    ...(shown.length === 0 ? [] : ['', ...table(columns, shown.map(row), style)]),
    ...(wanting > shown.length
      ? [style.dim(`… and ${wanting - shown.length} more: --csv, --json and --html have all of them`)]
      : []),
  ]
}

export function summaryLines(
  { states, conditions, unreadable, bundles, doubtful, scope }: CoverageSummary,
  style: Style,
): string[] {
  const inVault = Object.values(states).reduce((sum, one) => sum + one, 0) - states.removed
  const counted = coverageStates
    .toReversed()
    .map((state) => [stateWords[state].title, states[state]] as const)
  const bad = [
    ['empty: no secret', conditions.empty],
    ['damaged', conditions.damaged],
  ] as const
  const isAlarming = (title: string): boolean => ['in no bundle', 'damaged'].includes(title)
  const pairs = [...counted, ...bad].map(([title, number]) => {
    const text = number.toLocaleString('en-US')
    return [title, number > 0 && isAlarming(title) ? style.red(text) : text] as const
  })
  const ofScope = scope === undefined ? '' : ` of ${scope === wholeVault ? 'the whole vault' : scope}`
  const inDoubt = doubtful === 0 ? '' : `, ${doubtful} of them published in doubt`
  return [
    `${count(inVault, 'credential')}, ${count(bundles, 'bundle')}${ofScope} at the destinations${inDoubt}`,
    ...facts(pairs, style),
    ...unreadable.map(
      ({ source, message }) => `${style.red('unreadable:')} ${printable(source)}: ${printable(message)}`,
    ),
  ]
}

function row({ state, condition, damage, facts: known, last, scopes }: CoverageLine): string[] {
  const { folder = '', title, user = '' } = known
  const damaged = damage === undefined ? conditionWords[condition] : `damaged: ${damage}`
  const cells = [stateWords[state].title, damaged, folder, title, user, bundleWords({ last, scopes })]
  return [...cells, last === undefined ? '' : formatTime(last.time), last?.destinations.join(', ') ?? ''].map(
    printable,
  )
}
