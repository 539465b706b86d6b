import type { Kysely } from 'kysely'

/** Channels that did not take what they were told last, and since when. Never edited. */
export async function channelFailures(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('channel_failure')
    .addColumn('channel_id', 'text', (column) => column.notNull())
    .addColumn('since', 'text', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('why', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('channel_failure_key', ['channel_id'])
    .execute()
}
