import { type SelectQueryBuilder, sql } from 'kysely'
import type { Run, RunFilter, RunSort } from '../ports/catalogue.ts'
import type { Page, PageRequest } from '../ports/paging.ts'
import { type OrderColumn, pageOf } from './page-of.ts'
import type { Database, Tables } from './tables.ts'

/** One page of the runs. @throws RedomaError `USAGE` */
export async function pageOfRuns(
  db: Database,
  filter: RunFilter,
  request: PageRequest<RunSort>,
  withParts: (rows: readonly unknown[]) => Promise<Run[]>,
): Promise<Page<Run>> {
  const items: Run[] = []
  let { after } = request
  // Whether one that is called running in its row still is, its row does not say: such pages are filled up from the next rows.
  for (;;) {
    const limit = request.limit - items.length
    const page = await readPage(db, filter, { ...request, after, limit })
    const runs = await withParts(page.items)
    items.push(...runs.filter(({ state }) => filter.state === undefined || state.kind === filter.state))
    after = page.next
    if (after === undefined || items.length >= request.limit) return { items, next: after }
  }
}

type Rows = SelectQueryBuilder<Tables, 'run' | 'run_part', Record<string, unknown>>

/**
 * By the number, runs with some part are found in the index of parts, be they rare or all of them; by the time, each run is asked for
 * its parts.
 */
function readPage(
  db: Database,
  filter: RunFilter,
  request: PageRequest<RunSort>,
): Promise<Page<Record<string, unknown>>> {
  const runs = db.selectFrom('run').selectAll('run') as unknown as Rows
  const asksParts = [filter.job, filter.source, filter.destination].some((one) => one !== undefined)
  const ofRun = (query: Rows): Rows => whereRun(query, filter)
  if (!asksParts) {
    return pageOf({ rows: () => ofRun(runs), columns: orderOf('run.id', request.sort), request })
  }
  if (request.sort === 'id') {
    const joined = db.selectFrom('run_part').innerJoin('run', 'run.id', 'run_part.run_id')
    const rows = joined.selectAll('run').select('run_part.run_id') as unknown as Rows
    // Of several parts of one run, the first that fits stands for it.
    const earlier = sql`select 1 from run_part as earlier where earlier.run_id = run_part.run_id
      and earlier.position < run_part.position and ${wherePart('earlier', filter)}`
    const first = sql<boolean>`${wherePart('run_part', filter)} and not exists (${earlier})`
    return pageOf({
      rows: () => ofRun(rows.where(first)),
      columns: orderOf('run_part.run_id', 'id'),
      request,
    })
  }
  const parts = sql`select 1 from run_part where run_part.run_id = run.id and ${wherePart('run_part', filter)}`
  const having = sql<boolean>`exists (${parts})`
  return pageOf({ rows: () => ofRun(runs.where(having)), columns: orderOf('run.id', request.sort), request })
}

function orderOf(id: string, sort: RunSort): readonly OrderColumn[] {
  const number = { name: id, type: 'number' } as const
  return sort === 'id' ? [number] : [{ name: 'run.started_at', type: 'text' }, number]
}

function whereRun(rows: Rows, { state, planId, since, until }: RunFilter): Rows {
  let query = rows
  if (planId !== undefined) query = query.where('run.plan_id', '=', planId)
  if (state === 'lost') query = query.where('run.state', 'in', ['running', 'lost'])
  else if (state !== undefined) query = query.where('run.state', '=', state)
  if (since !== undefined) query = query.where('run.started_at', '>=', since.toISOString())
  if (until !== undefined) query = query.where('run.started_at', '<', until.toISOString())
  return query
}

function wherePart(table: string, { job, source, destination }: RunFilter) {
  const equals = (name: string, value: string) => sql`${sql.ref(`${table}.${name}`)} = ${value}`
  const terms = [
    ...(destination === undefined ? [] : [equals('destination', destination)]),
    ...(source === undefined ? [] : [equals('source', source)]),
    // As a column it would draw the index that is not in the order of runs.
    ...(job === undefined ? [] : [sql`${sql.ref(`${table}.job`)} || '' = ${job}`]),
  ]
  return sql.join(terms, sql` and `)
}
