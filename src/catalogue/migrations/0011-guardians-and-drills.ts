import type { Kysely } from 'kysely'

/**
 * Who keeps which share; what drills have asked, and when shares and the whole were proven, by a ceremony or a drill. Of shares and codes no
 * word is here. Never edited.
 */
export async function guardiansAndDrills(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('guardian')
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('mail', 'text')
    .addColumn('note', 'text')
    .addColumn('public_key', 'text')
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('guardian_key', ['id'])
    .addUniqueConstraint('guardian_name', ['name'])
    .execute()
  await db.schema
    .createTable('share_keeper')
    .addColumn('generation', 'integer', (column) => column.notNull())
    .addColumn('share', 'integer', (column) => column.notNull())
    .addColumn('guardian_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('share_keeper_key', ['generation', 'share'])
    .execute()
  await db.schema
    .createTable('drill')
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('generation', 'integer', (column) => column.notNull())
    .addColumn('started_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('drill_key', ['id'])
    .execute()
  await db.schema
    .createTable('drill_question')
    .addColumn('drill_id', 'text', (column) => column.notNull())
    .addColumn('share', 'integer', (column) => column.notNull())
    .addColumn('code_sha256', 'text', (column) => column.notNull())
    .addColumn('answered_at', 'text')
    .addPrimaryKeyConstraint('drill_question_key', ['drill_id', 'share'])
    .execute()
  await db.schema
    .createTable('share_proof')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('generation', 'integer', (column) => column.notNull())
    .addColumn('share', 'integer', (column) => column.notNull())
    .addColumn('drill_id', 'text')
    .addColumn('proven_at', 'text', (column) => column.notNull())
    .execute()
  await db.schema
    .alterTable('instance')
    .addColumn('drill_days', 'integer', (column) => column.notNull().defaultTo(90))
    .execute()
}
