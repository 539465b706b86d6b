import { consoleTable } from '../peers/console-table.ts'
import { markdownTable } from '../peers/document.ts'
import { isMet, type Verdict } from './verdicts.ts'

/** What was measured of one work. */
export interface Result {
  readonly title: string
  readonly verdicts: readonly Verdict[]
}

export function resultText({ title, verdicts }: Result, peer: string): string {
  return `\n${title}\n${consoleTable(headOf(peer), verdicts.map(cellsOf))}`
}

export function resultMarkdown({ title, verdicts }: Result, peer: string): string {
  return `### ${title}\n\n${markdownTable(headOf(peer), verdicts.map(cellsOf))}`
}

/** How many marks are met, and which are not. */
export function summaryOf(results: readonly Result[]): string {
  const all = results.flatMap(({ title, verdicts }) => verdicts.map((verdict) => ({ title, verdict })))
  const missed = all.filter(({ verdict }) => !isMet(verdict))
  const list = missed.map(({ title, verdict }) => `${title}: ${verdict.step}`).join('; ')
  return missed.length === 0 ? 'All marks are met.' : `${missed.length} marks are missed: ${list}.`
}

function headOf(peer: string): string[] {
  return ['', 'Redoma, s', `${peer}, s`, 'ratio', 'mark', 'Redoma, MiB', 'restic, MiB', 'mark, MiB', '']
}

function cellsOf(verdict: Verdict): string[] {
  const { step, ours, theirs, ratio, mark, peaks } = verdict
  const memory = peaks === undefined ? [] : [peaks.oursMiB, peaks.theirsMiB, peaks.markMiB]
  const isMarked = mark !== undefined || peaks !== undefined
  return [
    step,
    ...[ours, theirs].map((value) => value.toFixed(2)),
    ratio.toFixed(2),
    mark?.toFixed(2) ?? '',
    ...[0, 1, 2].map((n) => memory[n]?.toFixed(0) ?? ''),
    isMarked ? (isMet(verdict) ? 'met' : 'MISSED') : '',
  ]
}
