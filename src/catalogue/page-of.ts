import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import { RedomaError } from '../core/errors.ts'
import type { Page, PageRequest, Position } from '../ports/paging.ts'
import type { Tables } from './tables.ts'

/** What a list is ordered by; together these must be of one row alone. */
export interface OrderColumn {
  readonly name: string
  readonly type: 'text' | 'number'
  /** It may be null, which comes first; only the first column may. */
  readonly isNullable?: true
}

interface Query<Row> {
  readonly rows: () => SelectQueryBuilder<Tables, keyof Tables, Row>
  readonly columns: readonly OrderColumn[]
  readonly request: PageRequest
}

/**
 * One page by its key and never by an offset, so that the thousandth page costs what the first does, and rows that come or go meanwhile
 * shift nothing. Rows without the first column are a range of their own: no index finds both in one.
 *
 * @throws RedomaError `USAGE` for a position that is of another order
 */
export async function pageOf<Row extends Readonly<Record<string, unknown>>>(
  query: Query<Row>,
): Promise<Page<Row>> {
  const { columns, request } = query
  requireFitting(columns, request.after)
  const [first] = columns
  const ranges: readonly Range[] = first?.isNullable ? ['null', 'present'] : ['all']
  const inOrder = request.direction === 'asc' ? ranges : ranges.toReversed()
  const reached = request.after === undefined ? 0 : inOrder.indexOf(rangeOf(ranges, request.after))
  const rows: Row[] = []
  for (const [at, range] of inOrder.entries()) {
    if (at < reached || rows.length > request.limit) continue
    const after = at === reached ? request.after : undefined
    rows.push(...(await readRange(query, range, after, request.limit + 1 - rows.length)))
  }
  const items = rows.slice(0, request.limit)
  const last = items.at(-1)
  return rows.length > items.length && last !== undefined
    ? { items, next: positionOf(columns, last) }
    : { items }
}

type Range = 'null' | 'present' | 'all'

function rangeOf(ranges: readonly Range[], after: Position): Range {
  if (ranges.length === 1) return 'all'
  return after[0] === null ? 'null' : 'present'
}

async function readRange<Row>(
  { rows, columns, request: { direction } }: Query<Row>,
  range: Range,
  after: Position | undefined,
  limit: number,
): Promise<Row[]> {
  const [first] = columns
  // Within a range of nulls, only what follows them orders it.
  const skipped = range === 'null' ? 1 : 0
  const ordering = columns.slice(skipped)
  let query = rows()
  if (first !== undefined && range !== 'all') {
    const column = sql.ref(first.name)
    query = query.where(
      range === 'null' ? sql<boolean>`${column} is null` : sql<boolean>`${column} is not null`,
    )
  }
  if (after !== undefined) {
    const names = sql.join(ordering.map(({ name }) => sql.ref(name)))
    const values = sql.join(after.slice(skipped))
    const beyond = direction === 'asc' ? sql`>` : sql`<`
    query = query.where(sql<boolean>`(${names}) ${beyond} (${values})`)
  }
  for (const { name } of ordering) query = query.orderBy(sql.ref(name), direction)
  return query.limit(limit).execute()
}

function positionOf(columns: readonly OrderColumn[], row: Readonly<Record<string, unknown>>): Position {
  return columns.map(({ name }) => {
    const value = row[name.slice(name.indexOf('.') + 1)]
    return typeof value === 'string' || typeof value === 'number' ? value : null
  })
}

function requireFitting(columns: readonly OrderColumn[], after: Position | undefined): void {
  if (after === undefined) return
  const fits =
    after.length === columns.length &&
    columns.every(({ type, isNullable }, at) => {
      const value = after[at]
      if (value === null) return isNullable === true
      return type === 'text' ? typeof value === 'string' : Number.isSafeInteger(value)
    })
  if (!fits) throw new RedomaError('USAGE', 'this is not where a page of this list ends')
}

/** For `like … escape '\'`: what holds the text anywhere. */
export function holding(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

/** To the letter, where `like` takes capitals for small letters. */
export function startsWith(column: string, text: string): RawBuilder<boolean> {
  return sql<boolean>`substr(${sql.ref(column)}, 1, ${Array.from(text).length}) = ${text}`
}
