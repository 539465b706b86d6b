import type { Kysely } from 'kysely'

/** What lists are filtered and ordered by, and the newest copy of each source at each destination is found by. Never edited. */
export async function listsInOrder(db: Kysely<unknown>): Promise<void> {
  const index = (table: string, ...columns: string[]) =>
    db.schema
      .createIndex(`${table}_${columns.join('_')}`)
      .on(table)
      .columns(columns)
      .execute()
  await index('run', 'state', 'id')
  await index('run', 'started_at')
  await index('run_part', 'destination', 'job', 'source', 'run_id')
  await index('run_part', 'destination', 'run_id')
  await index('run_part', 'source', 'run_id')
  await index('credential', 'folder', 'title', 'id')
  await index('credential', 'title', 'id')
  await index('credential', 'changed_at', 'id')
  await index('recording_copy', 'sealed_at', 'destination_id', 'recording_id')
}
