import type { Kysely } from 'kysely'

/** Snapshots that were removed on purpose: a verification must not miss them. */
export async function forgottenSnapshots(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('forgotten_snapshot')
    .addColumn('destination_id', 'text', (column) => column.notNull())
    .addColumn('snapshot_id', 'text', (column) => column.notNull())
    .addColumn('forgotten_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('forgotten_snapshot_key', ['destination_id', 'snapshot_id'])
    .execute()
}
