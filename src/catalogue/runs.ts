import { z } from 'zod'
import type { MadeSnapshot, Run, RunPart, RunStore } from '../ports/catalogue.ts'
import type { BeginningRuns } from './beginning-runs.ts'
import { found, touched } from './entries.ts'
import { lastCopies } from './last-copies.ts'
import { column, parseRow } from './rows.ts'
import { pageOfRuns } from './run-pages.ts'
import { partOf, partRowOf } from './run-parts.ts'
import { runRow, runState, stateOf } from './run-rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function runStore(db: Database, beginning: BeginningRuns): RunStore {
  const withParts = async (rows: readonly unknown[]): Promise<Run[]> => {
    const runs = rows.map((row) => parseRow(runRow, row))
    const parts = await partsOf(
      db,
      runs.map((run) => run.id),
    )
    return Promise.all(
      runs.map(async (run) => ({
        id: run.id,
        startedAt: run.started_at,
        processId: run.process_id,
        planId: run.plan_id,
        dueAt: run.due_at,
        state: await stateOf(db, run),
        remarks: run.remarks ?? [],
        parts: parts.get(run.id) ?? [],
      })),
    )
  }
  return {
    async start(startedAt, processId, planId) {
      const run = await beginning.begin({ startedAt, processId, planId }, () => Promise.resolve(true))
      if (run === undefined) throw new TypeError('unreachable')
      return run
    },
    endUntold: () => beginning.endUntold(),
    async addPart(run, part) {
      await transact(db, async (transaction) => {
        const { count } = await transaction
          .selectFrom('run_part')
          .select((query) => query.fn.countAll<number>().as('count'))
          .where('run_id', '=', run)
          .executeTakeFirstOrThrow()
        await transaction
          .insertInto('run_part')
          .values(partRowOf(run, count, part))
          .execute()
      })
    },
    async finish(run, state, remarks = []) {
      const finishedAt = state.kind === 'lost' ? null : state.finishedAt.toISOString()
      const update = db
        .updateTable('run')
        .set({
          state: state.kind,
          finished_at: finishedAt,
          cancelled_by: state.kind === 'cancelled' ? state.by : null,
          remarks: remarks.length === 0 ? null : JSON.stringify(remarks),
        })
        .where('id', '=', run)
      touched((await update.executeTakeFirst()).numUpdatedRows, 'run', String(run))
    },
    remark: (run, sentence) =>
      transact(db, async (transaction) => {
        const row = await transaction.selectFrom('run').selectAll().where('id', '=', run).executeTakeFirst()
        const { remarks = [] } = parseRow(runRow, found(row, 'run', String(run)))
        await transaction
          .updateTable('run')
          .set({ remarks: JSON.stringify([...remarks, sentence]) })
          .where('id', '=', run)
          .execute()
      }),
    async list(limit) {
      return withParts(await db.selectFrom('run').selectAll().orderBy('id', 'desc').limit(limit).execute())
    },
    async newestUncancelled() {
      const rows = db.selectFrom('run').selectAll().where('state', '!=', 'cancelled')
      const [run] = await withParts(await rows.orderBy('id', 'desc').limit(1).execute())
      return run
    },
    page: (filter, request) => pageOfRuns(db, filter, request, withParts),
    async newestSnapshots({ name, runsBefore }, except) {
      const rows = await db
        .selectFrom('run_part')
        .select(['product as id', 'source', 'run_id as run'])
        .where('job', '=', 'system')
        .where('destination', '=', name)
        .where('product', 'is not', null)
        // Under this name there was another destination then.
        .where('run_id', '>', runsBefore)
        .orderBy('run_id', 'desc')
        .orderBy('position')
        .execute()
      const newest = new Map<string, MadeSnapshot>()
      // Of all that were ever made only few are looked at closely.
      for (const row of rows) {
        if (newest.has(row.source)) continue
        const made = parseRow(madeRow, row)
        if (!except.has(made.id)) newest.set(made.source, made)
      }
      return [...newest.values()]
    },
    async latestParts() {
      const newest = db
        .selectFrom('run_part')
        .select(({ fn }) => ['destination', 'job', 'source', fn.max('run_id').as('run_id')])
        .groupBy(['destination', 'job', 'source'])
        .as('newest')
      const rows = await db
        .selectFrom('run_part')
        .innerJoin(newest, (join) =>
          join
            .onRef('newest.run_id', '=', 'run_part.run_id')
            .onRef('newest.job', '=', 'run_part.job')
            .onRef('newest.source', '=', 'run_part.source')
            .onRef('newest.destination', '=', 'run_part.destination'),
        )
        .innerJoin('destination', 'destination.name', 'run_part.destination')
        // Under this name there may have been another destination then.
        .whereRef('run_part.run_id', '>', 'destination.runs_before')
        .selectAll('run_part')
        .orderBy('run_part.run_id')
        .orderBy('run_part.position')
        .execute()
      return rows.map((row) => {
        const { run_id: run, part } = partOf(row)
        return { ...part, run }
      })
    },
    async madeSnapshots() {
      const rows = await db
        .selectFrom('run_part')
        .select('product as id')
        .where('job', '=', 'system')
        .where('product', 'is not', null)
        .execute()
      return new Set(rows.map((row) => parseRow(madeIdRow, row).id))
    },
    lastCopies: (at) => lastCopies(db, at),
    async count() {
      const counts = { running: 0, done: 0, 'done-with-warnings': 0, failed: 0, cancelled: 0, lost: 0 }
      const ended = db
        .selectFrom('run')
        .select(['state', (query) => query.fn.countAll<number>().as('count')])
        .where('state', '!=', 'running')
        .groupBy('state')
      for (const row of await ended.execute()) {
        const { state, count } = parseRow(countRow, row)
        counts[state] += count
      }
      // Of these the process may have died.
      for (const row of await db.selectFrom('run').selectAll().where('state', '=', 'running').execute()) {
        counts[(await stateOf(db, parseRow(runRow, row))).kind] += 1
      }
      return counts
    },
    async get(id) {
      const row = await db.selectFrom('run').selectAll().where('id', '=', id).executeTakeFirst()
      const [run] = await withParts([found(row, 'run', String(id))])
      return found(run, 'run', String(id))
    },
  }
}

const madeIdRow = z.object({ id: z.string() })
const madeRow = z.object({ id: z.string(), source: z.string(), run: z.int().positive() })

const countRow = z.object({ state: runState, count: column.count })

async function partsOf(db: Database, runs: readonly number[]): Promise<Map<number, RunPart[]>> {
  const byRun = new Map<number, RunPart[]>()
  if (runs.length === 0) return byRun
  const rows = await db
    .selectFrom('run_part')
    .selectAll()
    .where('run_id', 'in', runs)
    .orderBy('run_id')
    .orderBy('position')
    .execute()
  for (const row of rows) {
    const { run_id: run, part } = partOf(row)
    byRun.set(run, [...(byRun.get(run) ?? []), part])
  }
  return byRun
}
