import { z } from 'zod'
import type { CredentialMetadata } from '../../ports/catalogue.ts'
import { found } from '../entries.ts'
import { column, parseRow } from '../rows.ts'
import type { Database } from '../tables.ts'
import { countsOf, summaryColumns, summaryOf } from './summaries.ts'

/** What is known of one credential without opening anything sealed. @throws RedomaError `NOT_FOUND` */
export async function readMetadata(db: Database, id: string): Promise<CredentialMetadata> {
  const query = summaryColumns(db)
    .select(['port', 'url', 'database', 'owner', 'created_at', 'revision'])
    .select((row) => row('sealed_secret', 'is not', null).as('has_secret'))
    .select((row) => row('sealed_notes', 'is not', null).as('has_notes'))
    .where('id', '=', id)
  const row = found(await query.executeTakeFirst(), 'credential', id)
  const former = await countsOf(db, 'former_secret', [id])
  const attachments = await db
    .selectFrom('attachment')
    .select(['name', 'size'])
    .where('credential_id', '=', id)
    .orderBy('position')
    .execute()
  const fields = await db
    .selectFrom('credential_field')
    .select(['name', 'hidden'])
    .where('credential_id', '=', id)
    .orderBy('position')
    .execute()
  const {
    created_at: createdAt,
    has_secret: hasSecret,
    has_notes: hasNotes,
    ...more
  } = parseRow(moreRow, row)
  return {
    ...summaryOf(row, former, new Map([[id, attachments.length]])),
    ...more,
    ...{ createdAt, hasSecret, hasNotes },
    fields: fields.map((field) => ({ name: field.name, hidden: field.hidden === 1 })),
    attached: attachments.map(({ name, size }) => ({ name, size })),
  }
}

/** SQLite has no booleans, PostgreSQL has. */
const flag = z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean)

const moreRow = z.object({
  port: column.optional(z.int().positive()),
  url: column.optional(z.string()),
  database: column.optional(z.string()),
  owner: column.optional(z.string()),
  created_at: column.optional(column.time),
  has_secret: flag,
  has_notes: flag,
  revision: z.int().positive(),
})
