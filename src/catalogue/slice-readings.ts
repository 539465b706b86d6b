import { z } from 'zod'
import type { ReadingStore, SliceReading } from '../ports/catalogue.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function readingStore(db: Database): ReadingStore {
  return {
    async list(destinationId) {
      const rows = await db
        .selectFrom('slice_reading')
        .select(['slice', 'read_at', 'damaged'])
        .where('destination_id', '=', destinationId)
        .orderBy('slice')
        .execute()
      return rows.map(readingOf)
    },
    async record(destinationId, readings) {
      await transact(db, async (transaction) => {
        for (const { slice, readAt, isDamaged } of readings) {
          const state = { read_at: readAt.toISOString(), damaged: isDamaged ? 1 : 0 }
          await transaction
            .insertInto('slice_reading')
            .values({ destination_id: destinationId, slice, ...state })
            .onConflict((conflict) => conflict.columns(['destination_id', 'slice']).doUpdateSet(state))
            .execute()
        }
      })
    },
  }
}

const readingRow = z.object({ slice: z.int().nonnegative(), read_at: column.time, damaged: column.count })

function readingOf(row: unknown): SliceReading {
  const { slice, read_at: readAt, damaged } = parseRow(readingRow, row)
  return { slice, readAt, isDamaged: damaged > 0 }
}
