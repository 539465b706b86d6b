import type { Kysely } from 'kysely'

/**
 * Snapshots at other destinations that a destination missed when they were made, and has been given since, or cannot be given any
 * more. Never edited.
 */
export async function settledMisses(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('settled_miss')
    .addColumn('destination_id', 'text', (column) => column.notNull())
    .addColumn('snapshot_id', 'text', (column) => column.notNull())
    .addColumn('settled_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('settled_miss_key', ['destination_id', 'snapshot_id'])
    .execute()
}
