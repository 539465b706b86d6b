import { z } from 'zod'
import type { MissedSnapshots } from '../ports/catalogue.ts'
import { parseRow } from './rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

/** More at once are a matter of days of copying: the rest comes with the next run. */
const mostAtOnce = 1000

export function missedSnapshots(db: Database): MissedSnapshots {
  return {
    async list({ id, name, runsBefore }) {
      const settled = db.selectFrom('settled_miss').select('snapshot_id').where('destination_id', '=', id)
      const rows = await db
        .selectFrom('run_part as missed')
        .innerJoin('run_part as made', (join) =>
          join
            .onRef('made.run_id', '=', 'missed.run_id')
            .onRef('made.source', '=', 'missed.source')
            .onRef('made.job', '=', 'missed.job'),
        )
        .select(['made.product as id', 'made.source', 'made.run_id as run', 'made.destination'])
        .distinct()
        .where('missed.job', '=', 'system')
        .where('missed.destination', '=', name)
        .where('missed.product', 'is', null)
        // Under this name there was another destination then.
        .where('missed.run_id', '>', runsBefore)
        .where('made.destination', '!=', name)
        .where('made.product', 'is not', null)
        .where('made.product', 'not in', settled)
        .orderBy('made.run_id')
        .limit(mostAtOnce)
        .execute()
      return rows.map((row) => parseRow(missedRow, row))
    },
    async settle(destinationId, ids, at) {
      await transact(db, async (transaction) => {
        for (const id of ids) {
          const row = { destination_id: destinationId, snapshot_id: id, settled_at: at.toISOString() }
          await transaction
            .insertInto('settled_miss')
            .values(row)
            .onConflict((conflict) => conflict.doNothing())
            .execute()
        }
      })
    },
  }
}

const missedRow = z.object({
  id: z.string(),
  source: z.string(),
  run: z.int().positive(),
  destination: z.string(),
})
