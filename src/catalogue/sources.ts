import { z } from 'zod'
import type { SourceRecord } from '../ports/catalogue.ts'
import type { NamedStore } from '../ports/named-store.ts'
import { sourceSpec } from '../ports/specs.ts'
import { addOnce, found, touched } from './entries.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'

export function sourceStore(db: Database): NamedStore<SourceRecord> {
  return {
    async list() {
      const rows = await db.selectFrom('source').selectAll().orderBy('name').execute()
      return rows.map(sourceOf)
    },
    async get(name) {
      const row = await db.selectFrom('source').selectAll().where('name', '=', name).executeTakeFirst()
      return sourceOf(found(row, 'source', name))
    },
    async add(source) {
      await addOnce('source', source.name, db.insertInto('source').values(rowOf(source)))
    },
    async replace(source) {
      const update = db.updateTable('source').set(rowOf(source)).where('name', '=', source.name)
      touched((await update.executeTakeFirst()).numUpdatedRows, 'source', source.name)
    },
    async remove(name) {
      const deletion = db.deleteFrom('source').where('name', '=', name)
      touched((await deletion.executeTakeFirst()).numDeletedRows, 'source', name)
    },
  }
}

const sourceRow = z.object({
  name: z.string(),
  spec: column.json(sourceSpec),
  created_at: column.time,
})

function sourceOf(row: unknown): SourceRecord {
  const { name, spec, created_at: createdAt } = parseRow(sourceRow, row)
  return { name, spec, createdAt }
}

function rowOf({ name, spec, createdAt }: SourceRecord) {
  return { name, spec: JSON.stringify(spec), created_at: createdAt.toISOString() }
}
