import type { Kysely } from 'kysely'

/** Each entry of the audit trail is chained to the one before; those that were there have no link, and the first new one stands for all of them. Never edited. */
export async function auditChain(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('audit_entry').addColumn('link', 'text').execute()
}
