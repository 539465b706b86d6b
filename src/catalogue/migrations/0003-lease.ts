import type { Kysely } from 'kysely'

/** Which process of the instance works alone on the repository of a destination. */
export async function lease(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('lease')
    .addColumn('destination_id', 'text', (column) => column.notNull())
    .addColumn('purpose', 'text', (column) => column.notNull())
    .addColumn('process_id', 'bigint', (column) => column.notNull())
    .addColumn('process_identity', 'text')
    .addColumn('taken_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('lease_key', ['destination_id'])
    .execute()
}
