import type { Kysely } from 'kysely'
import type { MigrationDialect } from '../sqlite.ts'

/** Who may sign in at the API; what shows who it is who comes. Never edited. */
export async function users(db: Kysely<unknown>, { bytes }: MigrationDialect): Promise<void> {
  await db.schema
    .createTable('api_user')
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('sealed_record', bytes, (column) => column.notNull())
    .addPrimaryKeyConstraint('api_user_key', ['id'])
    .addUniqueConstraint('api_user_name_key', ['name'])
    .execute()
  await db.schema
    .createTable('pass')
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text')
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('permissions', 'text', (column) => column.notNull())
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('seen_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .addColumn('mark', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('pass_key', ['id'])
    .addForeignKeyConstraint('pass_user', ['user_id'], 'api_user', ['id'], (constraint) =>
      constraint.onDelete('cascade'),
    )
    .execute()
  await db.schema.createIndex('pass_user_id').on('pass').column('user_id').execute()
}
