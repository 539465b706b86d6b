import { type Kysely, sql } from 'kysely'
import { searchWords } from '../credentials/search-words.ts'
import type { MigrationDialect } from '../engine.ts'

/** What credentials are searched by, how often each was changed, and answers that are given again. Never edited. */
export async function searchAndRevisions(db: Kysely<unknown>, { bytes }: MigrationDialect): Promise<void> {
  await db.schema
    .alterTable('credential')
    .addColumn('search_words', 'text', (column) => column.notNull().defaultTo(''))
    .execute()
  await db.schema
    .alterTable('credential')
    .addColumn('revision', 'bigint', (column) => column.notNull().defaultTo(1))
    .execute()
  await fillIn(db)
  // PostgreSQL takes no long values into such an index, and keeps what is long out of its rows anyway.
  if (bytes === 'blob') {
    const index = db.schema.createIndex('credential_search_words').on('credential')
    await index.columns(['search_words', 'id']).execute()
  }
  await db.schema
    .createTable('idempotency_key')
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('route', 'text', (column) => column.notNull())
    .addColumn('sealed_request', bytes, (column) => column.notNull())
    .addColumn('begun_at', 'text', (column) => column.notNull())
    .addColumn('status', 'integer')
    .addColumn('headers', 'text')
    .addColumn('body', 'text')
    .addPrimaryKeyConstraint('idempotency_key_key', ['key'])
    .execute()
}

interface Known {
  credential: {
    id: string
    title: string
    user: string | null
    host: string | null
    folder: string | null
    tags: string
    search_words: string
  }
}

async function fillIn(any: Kysely<unknown>): Promise<void> {
  const db = any as Kysely<Known>
  for (let after = ''; ; ) {
    const rows = await db
      .selectFrom('credential')
      .select(['id', 'title', 'user', 'host', 'folder', 'tags'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(500)
      .execute()
    for (const row of rows) {
      const words = searchWords(row)
      await sql`update credential set search_words = ${words} where id = ${row.id}`.execute(db)
    }
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.id
  }
}
