import type { Kysely } from 'kysely'
import type { MigrationDialect } from '../sqlite.ts'

/** Who asked a second person, and when one is needed: one row, or none. Never edited. */
export async function approvals(db: Kysely<unknown>, { bytes }: MigrationDialect): Promise<void> {
  await db.schema
    .createTable('second_person')
    .addColumn('sealed_rules', bytes, (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('approval')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('asked_by', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .addColumn('sealed_record', bytes, (column) => column.notNull())
    .execute()
}
