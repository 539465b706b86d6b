import type { Kysely } from 'kysely'
import type { MigrationDialect } from '../sqlite.ts'

/**
 * That bundles were opened for real, by whom and why; which of what was in them somebody has said needs no new value; and how long bundles
 * are kept. Never edited.
 */
export async function openings(db: Kysely<unknown>, dialect: MigrationDialect): Promise<void> {
  await db.schema
    .createTable('opening')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('scope', 'text')
    .addColumn('sequence', 'integer')
    .addColumn('object', 'text', (column) => column.notNull())
    .addColumn('opened_at', 'text', (column) => column.notNull())
    .addColumn('opened_by', 'text', (column) => column.notNull())
    .addColumn('why', 'text', (column) => column.notNull())
    .addColumn('recorded_at', 'text', (column) => column.notNull())
    .addColumn('recorded_by', 'text', (column) => column.notNull())
    .execute()
  await dialect.appendOnly(db, 'opening')
  await db.schema
    .createTable('settled_exposure')
    .addColumn('opening_id', 'integer', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('credential_id', 'text', (column) => column.notNull())
    .addColumn('why', 'text', (column) => column.notNull())
    .addColumn('settled_at', 'text', (column) => column.notNull())
    .addColumn('settled_by', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('settled_exposure_key', ['opening_id', 'source', 'credential_id'])
    .execute()
  await db.schema
    .createTable('bundle_retention')
    .addColumn('destination_id', 'text', (column) => column.notNull())
    .addColumn('policy', 'text', (column) => column.notNull())
    .addColumn('set_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('bundle_retention_key', ['destination_id'])
    .execute()
}
