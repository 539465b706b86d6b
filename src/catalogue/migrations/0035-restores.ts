import type { Kysely } from 'kysely'

/** Restores that a daemon was asked for. Never edited. */
export async function restores(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('restore')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('what', 'text', (column) => column.notNull())
    .addColumn('asked_by', 'text', (column) => column.notNull())
    .addColumn('asked_at', 'text', (column) => column.notNull())
    .addColumn('process_id', 'integer', (column) => column.notNull())
    .addColumn('process_identity', 'text')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('started_at', 'text')
    .addColumn('finished_at', 'text')
    .addColumn('ending', 'text')
    .execute()
}
