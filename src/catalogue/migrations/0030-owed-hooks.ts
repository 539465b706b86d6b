import type { Kysely } from 'kysely'

/** Hooks after runs that have to be run, whatever becomes of the process. Never edited. */
export async function owedHooks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('owed_hook')
    .addColumn('run_id', 'integer', (column) => column.notNull())
    .addColumn('plan_id', 'text', (column) => column.notNull())
    .addColumn('plan', 'text', (column) => column.notNull())
    .addColumn('hook', 'text', (column) => column.notNull())
    .addColumn('machine', 'text', (column) => column.notNull())
    .addColumn('process_id', 'integer')
    .addColumn('process_identity', 'text')
    .addColumn('tries', 'integer', (column) => column.notNull())
    .addColumn('failed_at', 'text')
    .addPrimaryKeyConstraint('owed_hook_key', ['run_id'])
    .execute()
}
