import { z } from 'zod'
import type { TimestampingStore } from '../ports/timestamping.ts'
import { parseRow } from './rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function timestampingStore(db: Database): TimestampingStore {
  return {
    async get() {
      const row = await db.selectFrom('timestamping').selectAll().executeTakeFirst()
      if (row === undefined) return undefined
      const { authority, certificates } = parseRow(timestampingRow, row)
      return { authority, ...(certificates === null ? {} : { certificates }) }
    },
    async set(wanted, at) {
      await transact(db, async (transaction) => {
        await transaction.deleteFrom('timestamping').execute()
        if (wanted === undefined) return
        const { authority, certificates = null } = wanted
        await transaction
          .insertInto('timestamping')
          .values({ authority, certificates, set_at: at.toISOString() })
          .execute()
      })
    },
  }
}

const timestampingRow = z.object({ authority: z.string(), certificates: z.string().nullable() })
