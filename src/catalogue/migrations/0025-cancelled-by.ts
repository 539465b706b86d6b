import type { Kysely } from 'kysely'

/** Who stopped a run, of those that are `cancelled`. Never edited. */
export async function cancelledBy(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('run').addColumn('cancelled_by', 'text').execute()
}
