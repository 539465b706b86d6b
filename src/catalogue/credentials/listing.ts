import { sql } from 'kysely'
import type { CredentialFilter, CredentialSort, CredentialSummary } from '../../ports/catalogue.ts'
import type { Page, PageRequest } from '../../ports/paging.ts'
import { holding, type OrderColumn, pageOf, startsWith } from '../page-of.ts'
import type { Database } from '../tables.ts'
import { folded } from './search-words.ts'
import { countsOf, summaryColumns, summaryOf } from './summaries.ts'

const orders: Readonly<Record<CredentialSort, readonly OrderColumn[]>> = {
  folder: [{ name: 'folder', type: 'text', isNullable: true }, text('title'), text('id')],
  title: [text('title'), text('id')],
  changedAt: [text('changed_at'), text('id')],
}

/** One page of the credentials, without opening anything sealed. @throws RedomaError `USAGE` */
export async function pageOfSummaries(
  db: Database,
  filter: CredentialFilter,
  request: PageRequest<CredentialSort>,
): Promise<Page<CredentialSummary>> {
  const { items, next } = await pageOf({
    rows: () => filtered(db, filter),
    columns: orders[request.sort],
    request,
  })
  const ids = items.map(({ id }) => id)
  const attachments = await countsOf(db, 'attachment', ids)
  const former = await countsOf(db, 'former_secret', ids)
  return { items: items.map((row) => summaryOf(row, former, attachments)), next }
}

function filtered(db: Database, { search, folder, tag, ...equal }: CredentialFilter) {
  let query = summaryColumns(db)
  for (const [name, value] of Object.entries(equal)) {
    if (value !== undefined) query = query.where(sql.ref(name), '=', value)
  }
  if (search !== undefined && search !== '') {
    const pattern = holding(folded(search))
    // An index of its own has all the words, and nothing sealed between them.
    const found = sql`select id from credential where search_words like ${pattern} escape '\\'`
    query = query.where(sql<boolean>`id in (${found})`)
  }
  if (folder !== undefined) {
    query = query.where(sql<boolean>`(folder = ${folder} or ${startsWith('folder', `${folder}/`)})`)
  }
  if (tag !== undefined) {
    // Whatever the case, `like` would find it.
    query = query.where(sql<boolean>`replace(tags, ${JSON.stringify(tag)}, '') <> tags`)
  }
  return query
}

function text(name: string): OrderColumn {
  return { name, type: 'text' }
}
