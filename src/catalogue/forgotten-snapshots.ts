import { z } from 'zod'
import type { ForgottenSnapshots } from '../ports/catalogue.ts'
import { parseRow } from './rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function forgottenSnapshots(db: Database): ForgottenSnapshots {
  return {
    async ids(destinationId) {
      const rows = await db
        .selectFrom('forgotten_snapshot')
        .select('snapshot_id')
        .where('destination_id', '=', destinationId)
        .execute()
      return new Set(rows.map((row) => parseRow(forgottenRow, row).snapshot_id))
    },
    async add(destinationId, ids, at) {
      await transact(db, async (transaction) => {
        for (const id of ids) {
          const row = { destination_id: destinationId, snapshot_id: id, forgotten_at: at.toISOString() }
          await transaction
            .insertInto('forgotten_snapshot')
            .values(row)
            .onConflict((conflict) => conflict.doNothing())
            .execute()
        }
      })
    },
  }
}

const forgottenRow = z.object({ snapshot_id: z.string() })
