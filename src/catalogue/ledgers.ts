import { z } from 'zod'
import type { LedgerLine, LedgerStore } from '../ports/catalogue.ts'
import { parseRow } from './rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function ledgerStore(db: Database): LedgerStore {
  return {
    async lines(destinationId) {
      const rows = await db
        .selectFrom('ledger_line')
        .select(['sequence', 'line'])
        .where('destination_id', '=', destinationId)
        .orderBy('sequence')
        .execute()
      return rows.map((row): LedgerLine => parseRow(ledgerRow, row))
    },
    async append(destinationId, lines) {
      if (lines.length === 0) return
      await transact(db, async (transaction) => {
        for (const { sequence, line } of lines) {
          const row = { destination_id: destinationId, sequence, line }
          await transaction.insertInto('ledger_line').values(row).execute()
        }
      })
    },
    async acknowledged(destinationId) {
      const row = await db
        .selectFrom('ledger_acknowledged')
        .select('sequence')
        .where('destination_id', '=', destinationId)
        .executeTakeFirst()
      return row === undefined ? 0 : parseRow(acknowledgedRow, row).sequence
    },
    async acknowledge(destinationId, sequence) {
      await db
        .insertInto('ledger_acknowledged')
        .values({ destination_id: destinationId, sequence })
        .onConflict((conflict) => conflict.column('destination_id').doUpdateSet({ sequence }))
        .execute()
    },
  }
}

const ledgerRow = z.object({ sequence: z.int().positive(), line: z.string() })
const acknowledgedRow = z.object({ sequence: z.int().nonnegative() })
