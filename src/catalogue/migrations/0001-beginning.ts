import type { CreateTableBuilder, Kysely } from 'kysely'
import type { MigrationDialect } from '../sqlite.ts'

/** The first schema. Never edited: what is released is on the disks of others. A change is a new migration. */
export async function beginning(db: Kysely<unknown>, { bytes, appendOnly }: MigrationDialect): Promise<void> {
  const create = (name: string, columns: (table: Table) => Table) =>
    columns(db.schema.createTable(name)).execute()

  await create('instance', (table) =>
    text(table, 'id', 'name', 'created_at')
      .addColumn('sealed_check', bytes, required)
      .addColumn('sealed_signing_key', bytes, required)
      .addPrimaryKeyConstraint('instance_key', ['id']),
  )
  await create('source', (table) =>
    text(table, 'name', 'spec', 'created_at').addPrimaryKeyConstraint('source_key', ['name']),
  )
  await create('destination', (table) =>
    text(table, 'id', 'name', 'spec', 'created_at')
      .addColumn('sealed_repository_password', bytes, required)
      .addPrimaryKeyConstraint('destination_key', ['id'])
      .addUniqueConstraint('destination_name', ['name']),
  )
  await create('generation', (table) =>
    text(whole(table, 'number'), 'profile', 'recipient', 'fingerprint', 'held_at')
      .addColumn('identity_file', bytes, required)
      .addPrimaryKeyConstraint('generation_key', ['number']),
  )
  await create('credential', (table) =>
    text(table, 'id', 'title', 'kind', 'tags', 'changed_at')
      .addColumn('user', 'text')
      .addColumn('host', 'text')
      .addColumn('port', 'integer')
      .addColumn('url', 'text')
      .addColumn('database', 'text')
      .addColumn('folder', 'text')
      .addColumn('owner', 'text')
      .addColumn('created_at', 'text')
      .addColumn('sealed_secret', bytes)
      .addColumn('sealed_notes', bytes)
      .addColumn('sealed_totp', bytes)
      .addPrimaryKeyConstraint('credential_key', ['id']),
  )
  await db.schema.createIndex('credential_title').on('credential').column('title').execute()
  await create('credential_field', (table) =>
    ownedByCredential(text(whole(table, 'position', 'hidden'), 'credential_id', 'name'), 'credential_field')
      .addColumn('sealed_value', bytes, required)
      .addPrimaryKeyConstraint('credential_field_key', ['credential_id', 'position']),
  )
  await create('former_secret', (table) =>
    ownedByCredential(text(whole(table, 'position'), 'credential_id', 'until'), 'former_secret')
      .addColumn('since', 'text')
      .addColumn('sealed_secret', bytes, required)
      .addPrimaryKeyConstraint('former_secret_key', ['credential_id', 'position']),
  )
  await create('attachment', (table) =>
    ownedByCredential(text(whole(table, 'position', 'size'), 'id', 'credential_id', 'name'), 'attachment')
      .addColumn('sealed_sha256', bytes, required)
      .addPrimaryKeyConstraint('attachment_key', ['id']),
  )
  await db.schema.createIndex('attachment_credential').on('attachment').column('credential_id').execute()
  await create('attachment_chunk', (table) =>
    text(whole(table, 'position'), 'attachment_id')
      .addColumn('sealed_content', bytes, required)
      .addPrimaryKeyConstraint('attachment_chunk_key', ['attachment_id', 'position'])
      .addForeignKeyConstraint(
        'attachment_chunk_attachment',
        ['attachment_id'],
        'attachment',
        ['id'],
        (constraint) => constraint.onDelete('cascade'),
      ),
  )
  await create('run', (table) =>
    text(whole(table.addColumn('id', 'integer', numbered), 'process_id'), 'started_at', 'state')
      .addColumn('process_identity', 'text')
      .addColumn('finished_at', 'text'),
  )
  await create('run_part', (table) =>
    text(whole(table, 'run_id', 'position'), 'job', 'source', 'destination', 'outcome', 'figures')
      .addColumn('product', 'text')
      .addColumn('started_at', 'text', required)
      .addColumn('finished_at', 'text', required)
      .addPrimaryKeyConstraint('run_part_key', ['run_id', 'position'])
      .addForeignKeyConstraint('run_part_run', ['run_id'], 'run', ['id']),
  )
  await create('bundle', (table) =>
    text(
      whole(table, 'sequence', 'bytes', 'credentials'),
      'name',
      'sha256',
      'created_at',
    ).addPrimaryKeyConstraint('bundle_key', ['sequence']),
  )
  await create('counter', (table) =>
    text(whole(table, 'value'), 'name').addPrimaryKeyConstraint('counter_key', ['name']),
  )
  await create('recording_copy', (table) =>
    text(
      whole(table, 'bytes', 'generation'),
      'destination_id',
      'recording_id',
      'source',
      'folder',
      'fingerprint',
      'sealed_at',
      'sha256',
      'summary',
    ).addPrimaryKeyConstraint('recording_copy_key', ['destination_id', 'recording_id']),
  )
  // The ledger of a destination outlives the destination's entry, so nothing refers to it.
  await create('ledger_line', (table) =>
    text(whole(table, 'sequence'), 'destination_id', 'line').addPrimaryKeyConstraint('ledger_line_key', [
      'destination_id',
      'sequence',
    ]),
  )
  await create('ledger_acknowledged', (table) =>
    text(whole(table, 'sequence'), 'destination_id').addPrimaryKeyConstraint('ledger_acknowledged_key', [
      'destination_id',
    ]),
  )
  await create('audit_entry', (table) =>
    text(table.addColumn('id', 'integer', numbered), 'at', 'actor', 'action', 'subject', 'detail'),
  )
  await appendOnly(db, 'ledger_line')
  await appendOnly(db, 'audit_entry')
}

type Table = CreateTableBuilder<string, string>
type Column = Parameters<Parameters<Table['addColumn']>[2] & object>[0]

const required = (column: Column): Column => column.notNull()
const numbered = (column: Column): Column => column.primaryKey().autoIncrement()

function text(table: Table, ...names: string[]): Table {
  return names.reduce((built, name) => built.addColumn(name, 'text', required), table)
}

function whole(table: Table, ...names: string[]): Table {
  return names.reduce((built, name) => built.addColumn(name, 'bigint', required), table)
}

function ownedByCredential(table: Table, name: string): Table {
  const columns = ['credential_id']
  return table.addForeignKeyConstraint(`${name}_credential`, columns, 'credential', ['id'], (constraint) =>
    constraint.onDelete('cascade'),
  )
}
