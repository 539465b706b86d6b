import type { Kysely } from 'kysely'

/** Who stamps ledgers after each backup: one row, or none. Never edited. */
export async function timestamping(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('timestamping')
    .addColumn('authority', 'text', (column) => column.notNull())
    .addColumn('certificates', 'text')
    .addColumn('set_at', 'text', (column) => column.notNull())
    .execute()
}
