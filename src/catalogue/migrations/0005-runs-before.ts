import { type Kysely, sql } from 'kysely'

/**
 * Which runs there were before a destination: numbers, since a clock that was set back says otherwise. Of destinations that are there
 * already, what their times say is all that is known.
 */
export async function runsBefore(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('destination')
    .addColumn('runs_before', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute()
  await sql`
    update destination set runs_before =
      coalesce((select max(id) from run where run.started_at < destination.created_at), 0)
  `.execute(db)
}
