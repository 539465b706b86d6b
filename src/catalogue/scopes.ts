import { z } from 'zod'
import type { Scope, ScopeStore } from '../ports/scope.ts'
import { addOnce, found, touched } from './entries.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'

export function scopeStore(db: Database): ScopeStore {
  return {
    list: async () => (await db.selectFrom('scope').selectAll().orderBy('name').execute()).map(scopeOf),
    async get(name) {
      const row = await db.selectFrom('scope').selectAll().where('name', '=', name).executeTakeFirst()
      return scopeOf(found(row, 'scope', name))
    },
    async add(scope) {
      await addOnce('scope', scope.name, db.insertInto('scope').values(rowOf(scope)))
    },
    async replace(scope) {
      const update = db.updateTable('scope').set(rowOf(scope)).where('name', '=', scope.name)
      touched((await update.executeTakeFirst()).numUpdatedRows, 'scope', scope.name)
    },
    async remove(name) {
      const deletion = db.deleteFrom('scope').where('name', '=', name)
      touched((await deletion.executeTakeFirst()).numDeletedRows, 'scope', name)
    },
  }
}

const words = z.array(z.string())
const scopeRow = z.object({
  name: z.string(),
  spec: column.json(
    z.object({
      folders: words,
      tags: words,
      owners: words,
      isExclusive: z.boolean(),
      hasOwnKey: z.boolean().default(false),
    }),
  ),
  created_at: column.time,
  changed_at: column.time,
})

function scopeOf(row: unknown): Scope {
  const { name, spec, created_at: createdAt, changed_at: changedAt } = parseRow(scopeRow, row)
  return { name, ...spec, createdAt, changedAt }
}

function rowOf({ name, createdAt, changedAt, ...spec }: Scope) {
  return {
    name,
    spec: JSON.stringify(spec),
    created_at: createdAt.toISOString(),
    changed_at: changedAt.toISOString(),
  }
}
