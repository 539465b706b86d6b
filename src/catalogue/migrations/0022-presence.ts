import type { Kysely } from 'kysely'

/** Which processes of several nodes have the catalogue open, and until when that is believed; and the number of each lease. Never edited. */
export async function presence(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('presence')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('process_id', 'bigint', (column) => column.notNull())
    .addColumn('process_identity', 'text', (column) => column.notNull())
    .addColumn('since', 'text', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .alterTable('lease')
    .addColumn('token', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute()
}
