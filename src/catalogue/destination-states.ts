import { z } from 'zod'
import type { DestinationWatch, WatchStep, WatchStore } from '../ports/destination-state.ts'
import { addChange, forgetChanges, markTold, takeUntold } from './destination-changes.ts'
import { amountOfBytes, condition, probeFindings } from './destination-findings.ts'
import type { KeptPresence } from './engine.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function watchStore(db: Database, { identify }: Pick<KeptPresence, 'identify'>): WatchStore {
  return {
    async list() {
      const rows = await db.selectFrom('destination_state').selectAll().execute()
      return new Map(rows.map((row) => watchOf(row)))
    },
    async record(destinationId, decide) {
      return await transact(db, async (transaction) => {
        if (!(await isThere(transaction, destinationId))) return undefined
        const step = decide(await watchAt(transaction, destinationId))
        await replaceWatch(transaction, destinationId, step)
        if (step.change !== undefined) await addChange(transaction, destinationId, step.change)
        return step
      })
    },
    takeUntold: (processId) => takeUntold(db, identify, processId),
    markTold: (id, at) => markTold(db, id, at),
  }
}

/** What is remembered of a destination that is removed: nobody is to hear of it any more. */
export async function forgetWatch(db: Database, destinationId: string): Promise<void> {
  await db.deleteFrom('destination_state').where('destination_id', '=', destinationId).execute()
  await forgetChanges(db, destinationId)
}

async function isThere(db: Database, id: string): Promise<boolean> {
  return (
    (await db.selectFrom('destination').select('id').where('id', '=', id).executeTakeFirst()) !== undefined
  )
}

async function watchAt(db: Database, id: string): Promise<DestinationWatch | undefined> {
  const query = db.selectFrom('destination_state').selectAll().where('destination_id', '=', id)
  const row = await query.executeTakeFirst()
  return row === undefined ? undefined : watchOf(row)[1]
}

async function replaceWatch(db: Database, id: string, { watch }: WatchStep): Promise<void> {
  const { state, findings, room } = watch
  const values = {
    condition: state.condition,
    since: state.since.toISOString(),
    recent: JSON.stringify(state.recent),
    findings: findings === undefined ? null : JSON.stringify(findings),
    room: JSON.stringify(room),
  }
  await db
    .insertInto('destination_state')
    .values({ destination_id: id, ...values })
    .onConflict((conflict) => conflict.column('destination_id').doUpdateSet(values))
    .execute()
}

const watchRow = z.object({
  destination_id: z.string(),
  condition: condition.or(z.literal('unknown')),
  since: column.time,
  recent: column.json(z.array(z.object({ condition, at: column.time }))),
  findings: column.optional(column.json(probeFindings)),
  room: column.json(z.array(z.object({ at: column.time, freeBytes: amountOfBytes }))),
})

function watchOf(row: unknown): [string, DestinationWatch] {
  const { destination_id: id, room, findings, ...state } = parseRow(watchRow, row)
  return [id, { state, findings, room }]
}
