import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { canonicalJson } from '../core/canonical-json.ts'
import {
  type BundleContent,
  type BundleRecord,
  type ContentSpan,
  type CredentialFacts,
  credentialFactsSchema,
  type EndedSpan,
} from '../ports/bundle-store.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'

/*
 * What was in which bundle is kept as spans of sequence numbers: of 100,000 credentials of which ten changed, a bundle ends ten spans and
 * begins ten.
 */

/** Statements of so many rows are about as fast as they become, and SQLite takes 32,766 parameters at most. */
const batchLength = 200

type Bundle = Pick<BundleRecord, 'scope' | 'sequence'>

/** Wants to be called inside a transaction, once for each bundle, in the order of their numbers. */
export async function recordContents(
  db: Database,
  bundle: Bundle,
  contents: Iterable<BundleContent>,
): Promise<void> {
  const before = await countOpen(db, bundle)
  const seen = new Set<string>()
  let stayed = 0
  for (const batch of batchesOf(contents)) {
    for (const { source, id } of batch) seen.add(keyOf(source, id))
    stayed += await recordBatch(db, bundle, batch)
    // Otherwise nothing else happens until the end, and what is garbage by now stays.
    await setImmediate()
  }
  // What changed was ended and begun again: it counts as one that stayed.
  if (stayed < before) await endUnseen(db, bundle, seen)
}

/** @returns how many of them were in the bundle before */
async function recordBatch(
  db: Database,
  { scope, sequence }: Bundle,
  batch: readonly BundleContent[],
): Promise<number> {
  const source = batch[0]?.source ?? ''
  const ids = batch.map(({ id }) => id)
  const open = db
    .selectFrom('bundle_content')
    .selectAll()
    .where('scope', '=', scope)
    .where('source', '=', source)
    .where('credential_id', 'in', ids)
    .where('until_sequence', 'is', null)
  const known = new Map((await open.execute()).map((row) => [row.credential_id, row]))
  const begun: Parameters<typeof insert>[1][number][] = []
  for (const { id, tags, facts } of batch) {
    const row = rowOf({ scope, source, id, first: sequence, tags, facts })
    const last = known.get(id)
    const same = db
      .updateTable('bundle_content')
      .where('scope', '=', scope)
      .where('source', '=', source)
      .where('credential_id', '=', id)
      .where('until_sequence', 'is', null)
    if (last?.tags === row.tags) {
      if (last.facts !== row.facts) await same.set({ facts: row.facts }).execute()
      continue
    }
    if (last !== undefined) await same.set({ until_sequence: sequence }).execute()
    begun.push(row)
  }
  await insert(db, begun)
  return known.size
}

async function insert(db: Database, rows: ReturnType<typeof rowOf>[]): Promise<void> {
  if (rows.length > 0) await db.insertInto('bundle_content').values(rows).execute()
}

async function countOpen(db: Database, { scope }: Bundle): Promise<number> {
  const { count } = await db
    .selectFrom('bundle_content')
    .select((query) => query.fn.countAll<number>().as('count'))
    .where('scope', '=', scope)
    .where('until_sequence', 'is', null)
    .executeTakeFirstOrThrow()
  return count
}

async function endUnseen(db: Database, bundle: Bundle, seen: ReadonlySet<string>): Promise<void> {
  const { scope, sequence } = bundle
  for await (const { source, id } of spansWhere(db, (rows) =>
    rows.where('scope', '=', scope).where('until_sequence', 'is', null),
  )) {
    if (seen.has(keyOf(source, id))) continue
    await db
      .updateTable('bundle_content')
      .set({ until_sequence: sequence })
      .where('scope', '=', scope)
      .where('source', '=', source)
      .where('credential_id', '=', id)
      .where('until_sequence', 'is', null)
      .execute()
  }
}

export async function contentSpansOf(
  db: Database,
  source: string,
  ids: readonly string[],
): Promise<ContentSpan[]> {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('bundle_content')
    .selectAll()
    .where('source', '=', source)
    .where('credential_id', 'in', ids)
    .orderBy('first_sequence', 'desc')
    .execute()
  return rows.map(spanOf)
}

export async function endedSpans(db: Database): Promise<EndedSpan[]> {
  const rows = await db
    .selectFrom('bundle_content')
    .select(['scope', 'first_sequence', 'until_sequence'])
    .distinct()
    .where('until_sequence', 'is not', null)
    .execute()
  return rows.map((row) => {
    const { scope, first_sequence: first, until_sequence: until } = parseRow(endedRow, row)
    return { scope, first, until }
  })
}

const endedRow = z.object({
  scope: z.string(),
  first_sequence: z.int().positive(),
  until_sequence: z.int().positive(),
})

export async function forgetSpans(db: Database, { scope, first, until }: EndedSpan): Promise<void> {
  await db
    .deleteFrom('bundle_content')
    .where('scope', '=', scope)
    .where('first_sequence', '=', first)
    .where('until_sequence', '=', until)
    .execute()
}

export function contentSpans(db: Database): AsyncIterable<ContentSpan> {
  return spansWhere(db, (rows) => rows)
}

type Spans = ReturnType<typeof allSpans>

function allSpans(db: Database) {
  return db.selectFrom('bundle_content').selectAll()
}

/** Page by page, in the order of the key. */
async function* spansWhere(db: Database, narrow: (rows: Spans) => Spans): AsyncGenerator<ContentSpan> {
  const columns = ['source', 'credential_id', 'scope', 'first_sequence'] as const
  let after: readonly [string, string, string, number] = ['', '', '', 0]
  for (;;) {
    const [source, id, scope, first] = after
    const page = await columns
      .reduce((rows, name) => rows.orderBy(name), narrow(allSpans(db)))
      .where((query) => query(query.refTuple(...columns), '>', query.tuple(source, id, scope, first)))
      .limit(batchLength)
      .execute()
    yield* page.map(spanOf)
    const last = page.at(-1)
    if (last === undefined || page.length < batchLength) return
    after = [last.source, last.credential_id, last.scope, last.first_sequence]
  }
}

/** Batches of one source each. */
function* batchesOf(contents: Iterable<BundleContent>): Generator<BundleContent[]> {
  let batch: BundleContent[] = []
  for (const content of contents) {
    if (batch.length === batchLength || (batch[0]?.source ?? content.source) !== content.source) {
      yield batch
      batch = []
    }
    batch.push(content)
  }
  if (batch.length > 0) yield batch
}

function keyOf(source: string, id: string): string {
  return JSON.stringify([source, id])
}

function rowOf({ scope, source, id, first, tags, facts }: ContentSpan) {
  return {
    scope,
    source,
    credential_id: id,
    first_sequence: first,
    until_sequence: null,
    tags: canonicalJson(tags),
    facts: JSON.stringify(sorted(facts)),
  }
}

/** In the order that canonical JSON has, without sorting a hundred thousand of them. */
function sorted({ folder, host, kind, owner, title, user }: CredentialFacts): CredentialFacts {
  return { folder, host, kind, owner, title, user }
}

const text = z.string()

const spanRow = z.object({
  scope: text,
  source: text,
  credential_id: text,
  first_sequence: z.int().positive(),
  until_sequence: column.optional(z.int().positive()),
  tags: column.json(z.record(text, text)),
  facts: column.json(credentialFactsSchema),
})

function spanOf(row: unknown): ContentSpan {
  const { credential_id: id, first_sequence: first, until_sequence: until, ...rest } = parseRow(spanRow, row)
  return { ...rest, id, first, until }
}
