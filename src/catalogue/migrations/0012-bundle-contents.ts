import { type Kysely, sql } from 'kysely'

/**
 * What was in which bundle, as spans of sequence numbers, so that a bundle writes only what changed since the one before; and bundles
 * of parts of the vault beside those of all of it, whose scope is `''`. Never edited.
 */
export async function bundleContents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('published_bundle')
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('sequence', 'integer', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('sha256', 'text', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('credentials', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('published_bundle_key', ['scope', 'sequence'])
    .execute()
  await sql`insert into published_bundle (scope, sequence, name, sha256, bytes, credentials, created_at)
    select '', sequence, name, sha256, bytes, credentials, created_at from bundle`.execute(db)
  await db.schema.dropTable('bundle').execute()
  await db.schema
    .createTable('bundle_content')
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('credential_id', 'text', (column) => column.notNull())
    .addColumn('first_sequence', 'integer', (column) => column.notNull())
    .addColumn('until_sequence', 'integer')
    .addColumn('tags', 'text', (column) => column.notNull())
    .addColumn('facts', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('bundle_content_key', ['source', 'credential_id', 'scope', 'first_sequence'])
    .execute()
}
