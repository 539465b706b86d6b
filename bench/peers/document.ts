import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const path = join(import.meta.dirname, '../../docs/benchmarks.md')

/** Puts the figures of a bench between its two marks in docs/benchmarks.md; what people wrote round them stays. */
export function writeFigures(bench: string, text: string): void {
  const [begin, end] = [`<!-- ${bench}: made by the bench -->`, `<!-- ${bench}: end -->`]
  const document = readFileSync(path, 'utf8')
  const [from, to] = [document.indexOf(begin), document.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no place for ${bench}`)
  writeFileSync(path, `${document.slice(0, from)}${begin}\n\n${text}\n\n${document.slice(to)}`)
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
