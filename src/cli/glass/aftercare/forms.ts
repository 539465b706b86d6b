import {
  type ExposureLine,
  type ExposureState,
  exposureStates,
} from '../../../app/aftercare/judge-exposure.ts'
import type { AftercareReport } from '../../../app/aftercare/report-aftercare.ts'
import type { Opening } from '../../../ports/opening.ts'
import { count, formatTime } from '../../figures.ts'
import { printable } from '../../printable.ts'
import type { Style } from '../../style.ts'
import { facts, table } from '../../table.ts'
import { csvRow } from '../coverage/csv.ts'
import { openingJson } from './opened.ts'

const words: Readonly<Record<ExposureState, string>> = {
  open: 'still the same',
  unknown: 'not known',
  settled: 'settled',
  removed: 'removed, not changed',
  changed: 'changed since',
  harmless: 'nothing to change',
}

const mostShown = 100

/** Of what people have something to do. */
const toDo: readonly ExposureState[] = ['open', 'unknown', 'removed']

export async function aftercareLines(
  report: AftercareReport,
  opening: Opening | undefined,
  style: Style,
): Promise<string[]> {
  const shown: ExposureLine[] = []
  for await (const line of report.lines()) {
    if (toDo.includes(line.state) && shown.length < mostShown) shown.push(line)
  }
  const { states, unreadable } = report.summary
  const left = states.open + states.unknown
  const waiting = toDo.reduce((sum, state) => sum + states[state], 0)
  const all = Object.values(states).reduce((sum, one) => sum + one, 0)
  const pairs = exposureStates.map((state) => [words[state], states[state].toLocaleString('en-US')] as const)
  const columns = ['STATE', 'FOLDER', 'TITLE', 'USER', 'HOST', 'STILL THE SAME', 'ID'].map((title) => ({
    title,
  }))
  return [
    ...(opening === undefined ? [] : [openingWords(opening)]),
    ...(waiting === 0
      ? [`${style.green('✓')} All of ${count(all, 'credential')} of the bundle are done.`]
      : []),
    ...(left === 0
      ? []
      : [
          `${count(left, 'credential')} of ${all.toLocaleString('en-US')} in the bundle ${left === 1 ? 'is' : 'are'} to be given new values.`,
        ]),
    ...(states.removed === 0
      ? []
      : [
          `${count(states.removed, 'credential')} ${states.removed === 1 ? 'was' : 'were'} removed from the vault: what was seen opens what it opened, unless it was changed there. --settle says that it was.`,
        ]),
    ...facts(pairs, style),
    ...unreadable.map(
      ({ source, message }) => `${style.red('unreadable:')} ${printable(source)}: ${printable(message)}`,
    ),
    ...(shown.length === 0 ? [] : ['', ...table(columns, shown.map(row), style)]),
    ...(waiting > shown.length
      ? [style.dim(`… and ${waiting - shown.length} more: --csv and --json have all of them`)]
      : []),
  ]
}

function openingWords({ object, openedAt, openedBy, why }: Opening): string {
  return printable(`${object}, opened ${formatTime(openedAt)} by ${openedBy}: ${why}`)
}

function row({ state, facts: known, unchanged, source, id }: ExposureLine): string[] {
  const { folder = '', title, user = '', host = '' } = known
  return [words[state], folder, title, user, host, unchanged.join(', '), nameOf({ source, id })].map(
    printable,
  )
}

/** What people call a credential by: its id, after its source's name where that is another than the registry. */
export function nameOf({ source, id }: Pick<ExposureLine, 'source' | 'id'>): string {
  return source === 'registry' || source === '' ? id : `${source}/${id}`
}

const columns = [
  'state',
  'source',
  'folder',
  'title',
  'kind',
  'user',
  'host',
  'owner',
  'unchanged',
  'changed',
  'why',
  'id',
]

export async function* aftercareCsv(report: AftercareReport): AsyncGenerator<string> {
  yield csvRow(columns)
  for await (const { state, source, facts: known, unchanged, changed, why, id } of report.lines()) {
    const { folder, title, kind, user, host, owner } = known
    yield csvRow([
      state,
      source,
      folder,
      title,
      kind,
      user,
      host,
      owner,
      unchanged.join(' '),
      changed.join(' '),
      why,
      id,
    ])
  }
}

/** `{"summary":…,"credentials":[…]}`, one credential a line. */
export async function* aftercareJson(
  report: AftercareReport,
  opening: Opening | undefined,
): AsyncGenerator<string> {
  const opened = opening === undefined ? undefined : openingJson(opening)
  yield `{"summary":${JSON.stringify({ schema: 'redoma-aftercare/1', opening: opened, ...report.summary })},"credentials":[`
  let separator = '\n'
  for await (const { facts: known, ...line } of report.lines()) {
    yield `${separator}${JSON.stringify({ ...line, ...known })}`
    separator = ',\n'
  }
  yield '\n]}\n'
}
