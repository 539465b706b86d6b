import { z } from 'zod'
import type { BundleRecord, BundleStore } from '../ports/catalogue.ts'
import { addOnce } from './entries.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './sqlite.ts'

export function bundleStore(db: Database): BundleStore {
  return {
    async latest() {
      const newest = db.selectFrom('bundle').selectAll().orderBy('sequence', 'desc').limit(1)
      const row = await newest.executeTakeFirst()
      return row === undefined ? undefined : bundleOf(row)
    },
    async nextSequence() {
      const { value } = await db
        .insertInto('counter')
        .values({ name: 'bundle', value: 1 })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet((query) => ({ value: query('counter.value', '+', 1) })),
        )
        .returning('value')
        .executeTakeFirstOrThrow()
      return value
    },
    async add(bundle) {
      const { createdAt, ...rest } = bundle
      const row = { ...rest, created_at: createdAt.toISOString() }
      await addOnce('bundle', String(bundle.sequence), db.insertInto('bundle').values(row))
    },
  }
}

const bundleRow = z.object({
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
