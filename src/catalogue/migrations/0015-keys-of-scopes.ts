import type { Kysely } from 'kysely'

/** A recovery key is of a scope, or (`''`) of all that has none of its own. Numbers stay one row for all of them. Never edited. */
export async function keysOfScopes(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('generation')
    .addColumn('scope', 'text', (column) => column.notNull().defaultTo(''))
    .execute()
}
