import { fit, shrunk, widthOf } from './fit.ts'
import type { Style } from './style.ts'
import { wrapped } from './wrapped.ts'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** What is left out where the terminal is too narrow: the end, if nothing is said. `nothing`: people copy it, or it is a figure. */
  readonly cut?: 'end' | 'middle' | 'nothing'
}

const leastColumns = 8

/**
 * Lines of aligned columns, two blanks apart; cells may be styled, and must be printable. Nothing follows the last column; cells without one are left out. On a terminal that is
 * too narrow the widest cells are cut, and no others; what is not read by people has all of them.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: Style,
): string[] {
  const widths = widthsOf(columns, rows, style.columns)
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) => placed(cells[index] ?? '', widths[index] ?? 0, column))
      .join('  ')
      .trimEnd()
  const head = line(columns.map((column) => column.title))
  return [style.dim(head), ...rows.map(line)]
}

function widthsOf(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  room: number | undefined,
): number[] {
  const widths = columns.map(({ title, align, cut }, index) => {
    const width = Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index] ?? '')))
    const isWhole = align === 'right' || cut === 'nothing'
    return { width, least: isWhole ? width : Math.min(width, Math.max(leastColumns, widthOf(title))) }
  })
  return shrunk(widths, (room ?? Number.POSITIVE_INFINITY) - 2 * (columns.length - 1))
}

function placed(cell: string, columns: number, { align, cut }: Column): string {
  return pad(cut === 'nothing' ? cell : fit(cell, columns, cut), columns, align ?? 'left')
}

/** `name  value` lines, the names dimmed and as wide as the widest; on a terminal, values are broken at `\n` and at blanks. */
export function facts(pairs: readonly (readonly [string, string])[], style: Style): string[] {
  const widest = Math.max(...pairs.map(([name]) => widthOf(name)))
  const { columns } = style
  const linesOf = (value: string): string[] =>
    columns === undefined
      ? [value.replaceAll('\n', ' ')]
      : value.split('\n').flatMap((line) => wrapped(line, Math.max(1, columns - widest - 2)))
  return pairs.flatMap(([name, value]) =>
    linesOf(value).map(
      (line, index) => `${style.dim(pad(index === 0 ? name : '', widest, 'left'))}  ${line}`,
    ),
  )
}

function pad(cell: string, columns: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, columns - widthOf(cell)))
  return align === 'right' ? blanks + cell : cell + blanks
}
