import { z } from 'zod'
import type { OwedHook, OwedHookStore } from '../ports/owed-hook.ts'
import { hook as hookSpec } from '../ports/plan-spec.ts'
import { type Identify, stillHolds } from './processes.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

/** A hook that brings the machine down with it must not do so at each start for ever. */
const mostTries = 3
const betweenTriesMs = 3_600_000

export function owedHookStore(db: Database, { identify }: { readonly identify: Identify }): OwedHookStore {
  return {
    async owe({ run, planId, plan, hook, machine }, processId) {
      const words = { run_id: run, plan_id: planId, plan, hook: JSON.stringify(hook), machine }
      const holder = { process_id: processId, process_identity: (await identify(processId)) ?? null }
      await db
        .insertInto('owed_hook')
        .values({ ...words, ...holder, tries: 0, failed_at: null })
        .execute()
    },
    settle: (run, hasSucceeded) =>
      transact(db, async (transaction) => {
        const row = await rowOf(transaction, run)
        if (row === undefined) return
        const { plan_id: planId, machine } = row
        await transaction.deleteFrom('owed_hook').where('run_id', '=', run).execute()
        if (!hasSucceeded) return
        await transaction
          .deleteFrom('owed_hook')
          .where('plan_id', '=', planId)
          .where('machine', '=', machine)
          .where('run_id', '<', run)
          .execute()
      }),
    async take(machine, processId, now) {
      // Looked at every few seconds: there is seldom any, and whoever writes keeps others waiting.
      const waiting = (): ReturnType<typeof waitingOn> => waitingOn(db, machine, now)
      if ((await waiting()).length === 0) return undefined
      const identity = await identify(processId)
      return transact(db, async (transaction) => {
        const [first] = await waitingOn(transaction, machine, now)
        if (first === undefined) return undefined
        const taken = { ...first, tries: first.tries + 1 }
        await transaction
          .updateTable('owed_hook')
          .set({ process_id: processId, process_identity: identity ?? null, tries: taken.tries })
          .where('run_id', '=', first.run_id)
          .execute()
        return owedFrom(taken)
      })
    },
    giveBack: (run, failedAt) =>
      transact(db, async (transaction) => {
        const row = await rowOf(transaction, run)
        if (row === undefined) return
        const counted =
          failedAt === undefined ? { tries: row.tries - 1 } : { failed_at: failedAt.toISOString() }
        await transaction
          .updateTable('owed_hook')
          .set({ process_id: null, process_identity: null, ...counted })
          .where('run_id', '=', run)
          .execute()
      }),
    async failed() {
      const rows = await db
        .selectFrom('owed_hook')
        .innerJoin('plan', 'plan.id', 'owed_hook.plan_id')
        .selectAll('owed_hook')
        .where('tries', '>', 0)
        .orderBy('run_id')
        .execute()
      const failed: OwedHook[] = []
      for (const row of rows.map((one) => parseRow(owedRow, one)))
        if (row.failed_at !== undefined || !(await isHeld(db, row))) failed.push(owedFrom(row))
      return failed
    },
  }
}

async function waitingOn(db: Database, machine: string, now: Date): Promise<readonly OwedRow[]> {
  const rows = await db
    .selectFrom('owed_hook')
    .selectAll()
    .where('machine', '=', machine)
    .where('tries', '<', mostTries)
    .orderBy('run_id')
    .execute()
  const waiting: OwedRow[] = []
  for (const row of rows.map((one) => parseRow(owedRow, one))) {
    // Whichever way the clock was set in between.
    const sinceMs = Math.abs(now.getTime() - (row.failed_at?.getTime() ?? Number.NEGATIVE_INFINITY))
    if (sinceMs >= betweenTriesMs && !(await isHeld(db, row))) waiting.push(row)
  }
  return waiting
}

async function isHeld(
  db: Database,
  { process_id: processId, process_identity: identity }: OwedRow,
): Promise<boolean> {
  return processId !== undefined && (await stillHolds(db, processId, identity))
}

const owedRow = z.object({
  run_id: z.int().positive(),
  plan_id: z.uuid(),
  plan: z.string(),
  hook: column.json(hookSpec),
  machine: z.string(),
  process_id: column.optional(z.int()),
  process_identity: column.optional(z.string()),
  tries: column.count,
  failed_at: column.optional(column.time),
})

type OwedRow = z.output<typeof owedRow>

function owedFrom({ run_id: run, plan_id: planId, plan, hook, machine, tries }: OwedRow): OwedHook {
  return { run, planId, plan, hook, machine, tries }
}

async function rowOf(db: Database, run: number): Promise<OwedRow | undefined> {
  const row = await db.selectFrom('owed_hook').selectAll().where('run_id', '=', run).executeTakeFirst()
  return row === undefined ? undefined : parseRow(owedRow, row)
}
