import { stripVTControlCharacters } from 'node:util'
import { displayWidth } from './printable.ts'
import type { Style } from './style.ts'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

/** Lines of aligned columns, two blanks apart; cells may be styled, and must be printable. Nothing follows the last column. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: Style,
): string[] {
  const widths = columns.map((column, index) =>
    Math.max(width(column.title), ...rows.map((row) => width(row[index] ?? ''))),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => pad(cell, widths[index] ?? 0, columns[index]?.align ?? 'left'))
      .join('  ')
      .trimEnd()
  const head = line(columns.map((column) => column.title))
  return [style.dim(head), ...rows.map(line)]
}

/** `name  value` lines, the names dimmed and as wide as the widest. */
export function facts(pairs: readonly (readonly [string, string])[], style: Style): string[] {
  const widest = Math.max(...pairs.map(([name]) => width(name)))
  return pairs.map(([name, value]) => `${style.dim(pad(name, widest, 'left'))}  ${value}`)
}

function pad(cell: string, columns: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, columns - width(cell)))
  return align === 'right' ? blanks + cell : cell + blanks
}

function width(cell: string): number {
  return displayWidth(stripVTControlCharacters(cell))
}
