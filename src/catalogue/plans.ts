import { z } from 'zod'
import { isRedomaError } from '../core/errors.ts'
import type { Plan, PlanStore } from '../ports/plan.ts'
import { planSpec } from '../ports/plan-spec.ts'
import type { BeginningRuns } from './beginning-runs.ts'
import { addOnce, found, requireSame, touched } from './entries.ts'
import { newestDue, planHistories, readHistory } from './plan-histories.ts'
import { column, parseRow } from './rows.ts'
import type { Database, Tables } from './tables.ts'
import { transact } from './transact.ts'

export function planStore(db: Database, beginning: BeginningRuns): PlanStore {
  const histories = planHistories(db)
  const unlessSame = parsedOnce()
  return {
    list: async () => unlessSame(await db.selectFrom('plan').selectAll().orderBy('name').execute()),
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
    history: async (planId, now) => (await readHistory(db, planId, now)).history,
    histories,
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

async function isOn(db: Database, planId: string): Promise<boolean> {
  const row = await db.selectFrom('plan').select('enabled').where('id', '=', planId).executeTakeFirst()
  return row?.enabled === 1
}

/** The daemon lists all of them every few seconds, and few ever change: to parse them takes many times what it takes to read them. */
function parsedOnce(): (rows: readonly Tables['plan'][]) => Plan[] {
  let known = new Map<string, { readonly row: Tables['plan']; readonly plan: Plan }>()
  return (rows) => {
    known = new Map(
      rows.map((row) => {
        const before = known.get(row.id)
        return [row.id, before !== undefined && isSame(before.row, row) ? before : { row, plan: planOf(row) }]
      }),
    )
    return [...known.values()].map(({ plan }) => plan)
  }
}

function isSame(one: Tables['plan'], other: Tables['plan']): boolean {
  return (
    one.name === other.name &&
    one.enabled === other.enabled &&
    one.spec === other.spec &&
    one.created_at === other.created_at &&
    one.active_since === other.active_since
  )
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
