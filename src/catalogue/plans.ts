import { z } from 'zod'
import { isRedomaError } from '../core/errors.ts'
import type { Plan, PlanHistory, PlanStore } from '../ports/plan.ts'
import { planSpec } from '../ports/plan-spec.ts'
import type { BeginningRuns } from './beginning-runs.ts'
import { addOnce, found, requireSame, touched } from './entries.ts'
import { column, parseRow } from './rows.ts'
import { runRow, stateOf } from './run-rows.ts'
import type { Database, Tables } from './tables.ts'
import { transact } from './transact.ts'

export function planStore(db: Database, beginning: BeginningRuns): PlanStore {
  return {
    list: async () => (await db.selectFrom('plan').selectAll().orderBy('name').execute()).map(planOf),
    async get(name) {
      const row = await db.selectFrom('plan').selectAll().where('name', '=', name).executeTakeFirst()
      return planOf(found(row, 'plan', name))
    },
    async add(plan) {
      await addOnce('plan', plan.name, db.insertInto('plan').values(planRowOf(plan)))
    },
    async replace(plan) {
      const update = db.updateTable('plan').set(planRowOf(plan)).where('id', '=', plan.id)
      await addOnce('plan', plan.name, {
        execute: async () => {
          touched((await update.executeTakeFirst()).numUpdatedRows, 'plan', plan.name)
        },
      })
    },
    exchange: (before, after) =>
      transact(db, async (transaction) => {
        const row = await transaction
          .selectFrom('plan')
          .selectAll()
          .where('id', '=', before.id)
          .executeTakeFirst()
        requireSame(planOf(found(row, 'plan', before.name)), before, 'plan', before.name)
        await transaction.updateTable('plan').set(planRowOf(after)).where('id', '=', before.id).execute()
      }),
    async remove(name) {
      const deletion = db.deleteFrom('plan').where('name', '=', name)
      touched((await deletion.executeTakeFirst()).numDeletedRows, 'plan', name)
    },
    history: (planId, now) => historyOf(db, planId, now),
    async claim(planId, dueAt, startedAt, processId) {
      try {
        return await beginning.begin({ startedAt, processId, planId, dueAt }, async (transaction) => {
          if (!(await isOn(transaction, planId))) return false
          const last = await newestDue(transaction, planId, startedAt)
          if (last === undefined || last.dueAt < dueAt) return true
          return last.dueAt.getTime() === dueAt.getTime() && last.mayBeginAgain
        })
      } catch (error) {
        if (isRedomaError(error, 'RUN_UNDER_WAY')) return undefined
        throw error
      }
    },
  }
}

/** A run whose process died is begun again so often. */
const mostRepetitions = 3

interface NewestDue {
  readonly dueAt: Date
  /** All runs that were begun for it, the newest first. */
  readonly runs: readonly number[]
  readonly mayBeginAgain: boolean
}

async function newestDue(db: Database, planId: string, until: Date): Promise<NewestDue | undefined> {
  const rows = await db
    .selectFrom('run')
    .selectAll()
    .where('plan_id', '=', planId)
    .where('due_at', '<=', until.toISOString())
    .orderBy('due_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1 + mostRepetitions)
    .execute()
  const [newest, ...others] = rows.map((row) => parseRow(runRow, row))
  if (newest?.due_at === undefined) return undefined
  const dueAt = newest.due_at
  const same = [newest, ...others.filter((other) => other.due_at?.getTime() === dueAt.getTime())]
  const isLost = (await stateOf(db, newest)).kind === 'lost'
  return { dueAt, runs: same.map(({ id }) => id), mayBeginAgain: isLost && same.length <= mostRepetitions }
}

async function historyOf(db: Database, planId: string, now: Date): Promise<PlanHistory> {
  const newest = await newestDue(db, planId, now)
  const open = newest?.mayBeginAgain === true ? newest : undefined
  const counted = db
    .selectFrom('run')
    .where('plan_id', '=', planId)
    .where('started_at', '<=', now.toISOString())
    .where('id', 'not in', [0, ...(open?.runs ?? [])])
  const [due, started, done, last] = await Promise.all([
    counted
      .where('due_at', '<=', now.toISOString())
      .select((query) => query.fn.max('due_at').as('time'))
      .executeTakeFirst(),
    counted.select((query) => query.fn.max('started_at').as('time')).executeTakeFirst(),
    counted
      .where('state', 'in', ['done', 'done-with-warnings'])
      .select((query) => query.fn.max('started_at').as('time'))
      .executeTakeFirst(),
    db
      .selectFrom('run')
      .where('plan_id', '=', planId)
      .select((query) => query.fn.max('id').as('id'))
      .executeTakeFirst(),
  ])
  return {
    lastDue: timeIn(due),
    lastStarted: timeIn(started),
    lastDone: timeIn(done),
    newest: parseRow(lastRow, last ?? { id: null }).id,
  }
}

const timeRow = z.object({ time: column.optional(column.time) })
const lastRow = z.object({ id: column.optional(z.int().positive()) })

function timeIn(row: unknown): Date | undefined {
  return parseRow(timeRow, row ?? { time: null }).time
}

async function isOn(db: Database, planId: string): Promise<boolean> {
  const row = await db.selectFrom('plan').select('enabled').where('id', '=', planId).executeTakeFirst()
  return row?.enabled === 1
}

const planRow = z.object({
  id: z.uuid(),
  name: z.string(),
  enabled: z.int().min(0).max(1),
  spec: column.json(planSpec),
  created_at: column.time,
  active_since: column.time,
})

function planOf(row: unknown): Plan {
  const { id, name, enabled, spec, ...times } = parseRow(planRow, row)
  return {
    id,
    name,
    isEnabled: enabled === 1,
    ...spec,
    createdAt: times.created_at,
    activeSince: times.active_since,
  }
}

export function planRowOf({ id, name, isEnabled, createdAt, activeSince, ...spec }: Plan): Tables['plan'] {
  return {
    id,
    name,
    enabled: isEnabled ? 1 : 0,
    spec: JSON.stringify(spec),
    created_at: createdAt.toISOString(),
    active_since: activeSince.toISOString(),
  }
}
