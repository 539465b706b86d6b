import { type RawBuilder, sql } from 'kysely'
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
  const { search, ...others } = filter
  const isFound = await foundBy(db, search)
  const { items, next } = await pageOf({
    rows: () => filtered(db, others, isFound),
    columns: orders[request.sort],
    request,
  })
  const ids = items.map(({ id }) => id)
  const attachments = await countsOf(db, 'attachment', ids)
  const former = await countsOf(db, 'former_secret', ids)
  return { items: items.map((row) => summaryOf(row, former, attachments)), next }
}

/** So many are named one by one; where more have the word, a page is soon full of those that come in its order. */
const mostNamed = 1000

/**
 * Whether a credential is among those that have the word anywhere. First it is looked, in an index of its own that has all words and nothing sealed between
 * them, whether they are few: a list that is read in its own order reads all of it for one that is rare, and the names of all that have a frequent one
 * would be gathered for a page of fifty.
 */
async function foundBy(db: Database, search: string | undefined): Promise<RawBuilder<boolean> | undefined> {
  if (search === undefined || search === '') return undefined
  const hasWord = sql<boolean>`search_words like ${holding(folded(search))} escape '\\'`
  const found = await db
    .selectFrom('credential')
    .select('id')
    .where(hasWord)
    .limit(mostNamed + 1)
    .execute()
  if (found.length > mostNamed) return hasWord
  return found.length === 0
    ? sql<boolean>`1 = 0`
    : sql<boolean>`id in (${sql.join(found.map(({ id }) => id))})`
}

function filtered(
  db: Database,
  { folder, tag, ...equal }: Omit<CredentialFilter, 'search'>,
  isFound: RawBuilder<boolean> | undefined,
) {
  let query = summaryColumns(db)
  for (const [name, value] of Object.entries(equal)) {
    if (value !== undefined) query = query.where(sql.ref(name), '=', value)
  }
  if (isFound !== undefined) query = query.where(isFound)
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
