import type { Kysely } from 'kysely'

/** What is copied where, and when; and of each run which plan began it, and what that was due at. Never edited. */
export async function plans(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('plan')
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('enabled', 'integer', (column) => column.notNull())
    .addColumn('spec', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('active_since', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('plan_key', ['id'])
    .addUniqueConstraint('plan_name_key', ['name'])
    .execute()
  await db.schema.alterTable('run').addColumn('plan_id', 'text').execute()
  await db.schema.alterTable('run').addColumn('due_at', 'text').execute()
  await db.schema.createIndex('run_of_plan').on('run').columns(['plan_id', 'due_at']).execute()
}
