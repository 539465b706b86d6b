import type { SelectQueryBuilder } from 'kysely'
import { z } from 'zod'
import type { CredentialSummary } from '../../ports/catalogue.ts'
import { credentialKinds } from '../../ports/credential.ts'
import { column, parseRow } from '../rows.ts'
import type { Database, Tables } from '../tables.ts'

/** All credentials without opening anything sealed, in the order of folder and title. */
export async function listSummaries(db: Database): Promise<CredentialSummary[]> {
  const attachments = await countsOf(db, 'attachment')
  const former = await countsOf(db, 'former_secret')
  const rows = await summaryColumns(db)
    .orderBy('folder', (order) => order.asc().nullsFirst())
    .orderBy('title')
    .orderBy('id')
    .execute()
  return rows.map((row) => summaryOf(row, former, attachments))
}

const columns = ['id', 'title', 'kind', 'user', 'host', 'folder', 'tags', 'changed_at'] as const

type SummaryColumns = Pick<Tables['credential'], (typeof columns)[number]> & { has_totp: unknown }

export function summaryColumns(db: Database): SelectQueryBuilder<Tables, 'credential', SummaryColumns> {
  return db
    .selectFrom('credential')
    .select(columns)
    .select((query) => query('sealed_totp', 'is not', null).as('has_totp'))
}

export function summaryOf(
  row: unknown,
  former: ReadonlyMap<string, number>,
  attachments: ReadonlyMap<string, number>,
): CredentialSummary {
  const { changed_at: changedAt, has_totp: hasTotp, ...plain } = parseRow(summaryRow, row)
  const formerSecrets = former.get(plain.id) ?? 0
  return { ...plain, formerSecrets, attachments: attachments.get(plain.id) ?? 0, hasTotp, changedAt }
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

/** How many each credential has: of these, or of all where none are named. */
export async function countsOf(
  db: Database,
  table: 'attachment' | 'former_secret',
  ids?: readonly string[],
): Promise<Map<string, number>> {
  if (ids?.length === 0) return new Map()
  let query = db
    .selectFrom(table)
    .select(['credential_id', (row) => row.fn.countAll<number>().as('count')])
    .groupBy('credential_id')
  if (ids !== undefined) query = query.where('credential_id', 'in', ids)
  return new Map((await query.execute()).map((row) => [row.credential_id, row.count]))
}
