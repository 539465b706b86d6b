import type { Kysely } from 'kysely'

/** Who has said of an incident that it is known, and why it may last. Never edited. */
export async function acknowledgedIncidents(db: Kysely<unknown>): Promise<void> {
  for (const name of ['acknowledged_at', 'acknowledged_by', 'acknowledged_why'])
    await db.schema.alterTable('incident').addColumn(name, 'text').execute()
}
