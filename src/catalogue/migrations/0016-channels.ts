import type { Kysely } from 'kysely'

/** The ways by which people and SIEMs are told. Never edited. */
export async function channels(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('channel')
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('spec', 'text', (column) => column.notNull())
    .addColumn('credential_id', 'text')
    .addColumn('least_severity', 'text', (column) => column.notNull())
    .addColumn('quiet_hours', 'text')
    .addColumn('digest_minutes', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('channel_key', ['id'])
    .addUniqueConstraint('channel_name_key', ['name'])
    .execute()
}
