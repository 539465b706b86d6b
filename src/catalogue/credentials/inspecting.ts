import { z } from 'zod'
import { isRedomaError, RedomaError } from '../../core/errors.ts'
import type { CredentialFacts } from '../../ports/bundle-store.ts'
import type { InspectedCredential } from '../../ports/source.ts'
import { column, parseRow } from '../rows.ts'
import { atOneMoment } from '../transact.ts'
import { type ReadingDeps, readPage, readRecord } from './reading.ts'

const pageLength = 200

/**
 * All credentials in the order of their ids, page by page. Of a page that cannot be read as a whole each one is read by itself, so that a
 * damaged one hides no other.
 */
export async function* inspectAll(deps: ReadingDeps): AsyncGenerator<InspectedCredential> {
  let after = ''
  for (;;) {
    const page = await factsAfter(deps, after)
    yield* await inspectPage(deps, after, page)
    const last = page.at(-1)
    if (last === undefined || page.length < pageLength) return
    after = last.id
  }
}

interface KnownCredential {
  readonly id: string
  readonly facts: CredentialFacts
}

async function inspectPage(
  deps: ReadingDeps,
  after: string,
  page: readonly KnownCredential[],
): Promise<InspectedCredential[]> {
  try {
    const records = await together(deps, (inside) => readPage(inside, after, pageLength))
    return Array.from(records, (record) => ({ kind: 'whole', record }))
  } catch (error) {
    if (!isRedomaError(error)) throw error
    const inspected = await Array.fromAsync(page, (known) => inspectOne(deps, known))
    return inspected.flatMap((one) => one ?? [])
  }
}

async function inspectOne(
  deps: ReadingDeps,
  { id, facts }: KnownCredential,
): Promise<InspectedCredential | undefined> {
  try {
    const record = await together(deps, (inside) => readRecord(inside, id))
    // Gone meanwhile.
    return record === undefined ? undefined : { kind: 'whole', record }
  } catch (error) {
    if (!(error instanceof RedomaError)) throw error
    return { kind: 'damaged', id, facts, message: error.message }
  }
}

function together<T>(deps: ReadingDeps, work: (inside: ReadingDeps) => Promise<T>): Promise<T> {
  return atOneMoment(deps.db, (db) => work({ ...deps, db }))
}

const factsRow = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.string(),
  folder: column.optional(z.string()),
  user: column.optional(z.string()),
  host: column.optional(z.string()),
  owner: column.optional(z.string()),
})

async function factsAfter({ db }: ReadingDeps, after: string): Promise<KnownCredential[]> {
  const rows = await db
    .selectFrom('credential')
    .select(['id', 'title', 'kind', 'folder', 'user', 'host', 'owner'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(pageLength)
    .execute()
  return rows.map((row) => {
    const { id, ...facts } = parseRow(factsRow, row)
    return { id, facts }
  })
}
