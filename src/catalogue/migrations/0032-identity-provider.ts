import type { Kysely } from 'kysely'
import type { MigrationDialect } from '../sqlite.ts'

/** Who says who users are: one row, or none. Never edited. */
export async function identityProvider(db: Kysely<unknown>, { bytes }: MigrationDialect): Promise<void> {
  await db.schema
    .createTable('identity_provider')
    .addColumn('sealed_record', bytes, (column) => column.notNull())
    .execute()
}
