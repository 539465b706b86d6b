import { z } from 'zod'
import type { CredentialSummary } from '../../ports/catalogue.ts'
import { credentialKinds } from '../../ports/credential.ts'
import { column, parseRow } from '../rows.ts'
import type { Database } from '../tables.ts'

/** All credentials without opening anything sealed, in the order of folder and title. */
export async function listSummaries(db: Database): Promise<CredentialSummary[]> {
  const counts = {
    attachments: await countsOf(db, 'attachment'),
    former: await countsOf(db, 'former_secret'),
  }
  const rows = await db
    .selectFrom('credential')
    .select(['id', 'title', 'kind', 'user', 'host', 'folder', 'tags', 'changed_at'])
    .select((query) => query('sealed_totp', 'is not', null).as('has_totp'))
    .orderBy('folder', (order) => order.asc().nullsFirst())
    .orderBy('title')
    .orderBy('id')
    .execute()
  return rows.map((row) => {
    const { changed_at: changedAt, has_totp: hasTotp, ...plain } = parseRow(summaryRow, row)
    const formerSecrets = counts.former.get(plain.id) ?? 0
    const attachments = counts.attachments.get(plain.id) ?? 0
    return { ...plain, formerSecrets, attachments, hasTotp, changedAt }
  })
}

const summaryRow = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.enum(credentialKinds),
  user: column.optional(z.string()),
  host: column.optional(z.string()),
  folder: column.optional(z.string()),
  tags: column.json(z.array(z.string())),
  changed_at: column.time,
  /** SQLite has no booleans, PostgreSQL has. */
  has_totp: z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean),
})

async function countsOf(db: Database, table: 'attachment' | 'former_secret'): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom(table)
    .select(['credential_id', (query) => query.fn.countAll<number>().as('count')])
    .groupBy('credential_id')
    .execute()
  return new Map(rows.map((row) => [row.credential_id, row.count]))
}
