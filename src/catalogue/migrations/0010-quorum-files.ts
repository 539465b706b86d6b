import type { Kysely } from 'kysely'
import type { MigrationDialect } from '../sqlite.ts'

/**
 * A recovery key is protected by a password, by a quorum, or by both: each has files of its own. Made as a new table, since a column that
 * must be there cannot be made one that may be missing. Never edited.
 */
export async function quorumFiles(db: Kysely<unknown>, { bytes }: MigrationDialect): Promise<void> {
  await db.schema.alterTable('generation').renameTo('generation_before').execute()
  await db.schema
    .createTable('generation')
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('profile', 'text', (column) => column.notNull())
    .addColumn('recipient', 'text', (column) => column.notNull())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('held_at', 'text', (column) => column.notNull())
    .addColumn('password_file', bytes)
    .addColumn('quorum_file', bytes)
    .addColumn('share_list', bytes)
    .addPrimaryKeyConstraint('generation_number_key', ['number'])
    .execute()
  const before = (db as Kysely<{ generation: Row; generation_before: Row }>)
    .selectFrom('generation_before')
    .select(['number', 'profile', 'recipient', 'fingerprint', 'held_at', 'identity_file'])
  await (db as Kysely<{ generation: Row; generation_before: Row }>)
    .insertInto('generation')
    .columns(['number', 'profile', 'recipient', 'fingerprint', 'held_at', 'password_file'])
    .expression(before)
    .execute()
  await db.schema.dropTable('generation_before').execute()
}

interface Row {
  number: number
  profile: string
  recipient: string
  fingerprint: string
  held_at: string
  identity_file: Uint8Array
  password_file: Uint8Array
}
