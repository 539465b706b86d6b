import type { Kysely } from 'kysely'

/** What verifications found, and what the daemon does on schedule beside the plans. Never edited. */
export async function verificationsAndRoutines(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('verification')
    .addColumn('destination_id', 'text', (column) => column.notNull())
    .addColumn('what', 'text', (column) => column.notNull())
    .addColumn('last', 'text')
    .addColumn('failed', 'text')
    .addPrimaryKeyConstraint('verification_key', ['destination_id', 'what'])
    .execute()
  await db.schema
    .createTable('routine')
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('enabled', 'integer', (column) => column.notNull())
    .addColumn('schedule', 'text', (column) => column.notNull())
    .addColumn('active_since', 'text', (column) => column.notNull())
    .addColumn('last_due', 'text')
    .addPrimaryKeyConstraint('routine_key', ['name'])
    .execute()
  await db.schema.alterTable('notice').addColumn('person', 'text').execute()
  await db.schema
    .createTable('guardian_reminder')
    .addColumn('guardian_id', 'text', (column) => column.notNull())
    .addColumn('reminded_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('guardian_reminder_key', ['guardian_id'])
    .execute()
}
