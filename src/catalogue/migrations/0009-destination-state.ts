import type { Kysely } from 'kysely'

/**
 * How each destination does by its probes, what was free there day by day, and each change of its state, with who tells it to people.
 * Never edited.
 */
export async function destinationState(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('destination_state')
    .addColumn('destination_id', 'text', (column) => column.notNull())
    .addColumn('condition', 'text', (column) => column.notNull())
    .addColumn('since', 'text', (column) => column.notNull())
    .addColumn('recent', 'text', (column) => column.notNull())
    .addColumn('findings', 'text')
    .addColumn('room', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('destination_state_key', ['destination_id'])
    .execute()
  await db.schema
    .createTable('destination_change')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('destination_id', 'text', (column) => column.notNull())
    .addColumn('from_condition', 'text', (column) => column.notNull())
    .addColumn('to_condition', 'text', (column) => column.notNull())
    .addColumn('since', 'text', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('details', 'text', (column) => column.notNull())
    .addColumn('teller_id', 'bigint')
    .addColumn('teller_identity', 'text')
    .addColumn('told_at', 'text')
    .execute()
}
