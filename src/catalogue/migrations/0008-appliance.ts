import type { Kysely } from 'kysely'

/** Whether the instance is a crypto appliance, no copy of which may be on itself. Never edited. */
export async function appliance(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('instance')
    .addColumn('appliance', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
}
