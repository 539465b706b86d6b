import { sql } from 'kysely'
import { z } from 'zod'
import type { BundleRecord, BundleStore } from '../ports/bundle-store.ts'
import { wholeVault } from '../ports/bundle-store.ts'
import { contentSpans, contentSpansOf, endedSpans, forgetSpans, recordContents } from './bundle-contents.ts'
import { addOnce } from './entries.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'

export function bundleStore(db: Database): BundleStore {
  const all = db.selectFrom('published_bundle').selectAll().orderBy('scope').orderBy('sequence', 'desc')
  return {
    async latest(scope = wholeVault) {
      const row = await all.where('scope', '=', scope).limit(1).executeTakeFirst()
      return row === undefined ? undefined : bundleOf(row)
    },
    list: async () => (await all.execute()).map(bundleOf),
    async nextSequence(scope = wholeVault, above = 0) {
      const name = scope === wholeVault ? 'bundle' : `bundle/${scope}`
      const { value } = await db
        .insertInto('counter')
        .values({ name, value: above + 1 })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet({
            value: sql<number>`case when counter.value > ${above} then counter.value + 1 else ${above + 1} end`,
          }),
        )
        .returning('value')
        .executeTakeFirstOrThrow()
      return value
    },
    async add(bundle, contents) {
      const { createdAt, ...rest } = bundle
      const row = { ...rest, created_at: createdAt.toISOString() }
      // Contents come once: what was interrupted cannot be begun again here.
      await db.transaction().execute(async (transaction) => {
        await addOnce(
          'bundle',
          String(bundle.sequence),
          transaction.insertInto('published_bundle').values(row),
        )
        await recordContents(transaction, bundle, contents)
      })
    },
    spansOf: (source, ids) => contentSpansOf(db, source, ids),
    spans: () => contentSpans(db),
    endedSpans: () => endedSpans(db),
    forgetSpans: (span) => forgetSpans(db, span),
  }
}

const bundleRow = z.object({
  scope: z.string(),
  sequence: z.int().positive(),
  name: z.string(),
  sha256: z.string(),
  bytes: column.count,
  credentials: column.count,
  created_at: column.time,
})

function bundleOf(row: unknown): BundleRecord {
  const { created_at: createdAt, ...rest } = parseRow(bundleRow, row)
  return { ...rest, createdAt }
}
