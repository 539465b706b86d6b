import type { Kysely } from 'kysely'

/** What went wrong with a run itself, and with none of its parts. Never edited. */
export async function runRemarks(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('run').addColumn('remarks', 'text').execute()
}
