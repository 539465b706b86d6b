import type { Kysely } from 'kysely'

/** When each slice of a destination's repository was last read whole. Never edited. */
export async function sliceReadings(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('slice_reading')
    .addColumn('destination_id', 'text', (column) => column.notNull())
    .addColumn('slice', 'bigint', (column) => column.notNull())
    .addColumn('read_at', 'text', (column) => column.notNull())
    .addColumn('damaged', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('slice_reading_key', ['destination_id', 'slice'])
    .execute()
}
