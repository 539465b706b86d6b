import type { Kysely } from 'kysely'

/** Certificates, so that people are told before they run out. Never edited. */
export async function seenCertificates(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('seen_certificate')
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('machine', 'text', (column) => column.notNull())
    .addColumn('place', 'text', (column) => column.notNull())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('valid_from', 'text', (column) => column.notNull())
    .addColumn('valid_until', 'text', (column) => column.notNull())
    .addColumn('seen_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('seen_certificate_key', ['holder', 'id', 'machine'])
    .execute()
}
