import type { Kysely } from 'kysely'

/** Parts of the vault that have bundles of their own: what each takes in, as JSON. Never edited. */
export async function scopes(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('scope')
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('spec', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('changed_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('scope_name_key', ['name'])
    .execute()
}
