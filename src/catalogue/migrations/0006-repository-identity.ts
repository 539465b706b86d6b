import type { Kysely } from 'kysely'

/**
 * Which repository a destination has, from its first backup on, and by which of its keys it is opened, where that is shared with
 * others. Never edited.
 */
export async function repositoryIdentity(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('destination').addColumn('repository_id', 'text').execute()
  await db.schema.alterTable('destination').addColumn('repository_key', 'text').execute()
}
