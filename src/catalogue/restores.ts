import { z } from 'zod'
import type { Restore, RestoreEnd, RestoreState, RestoreStore } from '../ports/restore.ts'
import { overwrites, restoreStates } from '../ports/restore.ts'
import { auditTrail } from './audit-trail.ts'
import type { KeptPresence } from './engine.ts'
import { found, touched } from './entries.ts'
import { pageOf } from './page-of.ts'
import { stillHolds } from './processes.ts'
import { column, parseRow } from './rows.ts'
import { failure } from './run-parts.ts'
import type { SealedValues } from './sealed-values.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function restoreStore(
  db: Database,
  sealed: SealedValues,
  { identify }: Pick<KeptPresence, 'identify'>,
): RestoreStore {
  const restoreOf = async (row: unknown): Promise<Restore> => {
    const parsed = parseRow(restoreRow, row)
    const { id, what, asked_by: askedBy, asked_at: askedAt } = parsed
    const [startedAt, finishedAt] = [parsed.started_at, parsed.finished_at]
    return { id, what, askedBy, askedAt, startedAt, finishedAt, state: await stateOf(db, parsed) }
  }
  const set = async (id: number, values: Readonly<Record<string, string>>): Promise<void> => {
    const update = db.updateTable('restore').set(values).where('id', '=', id)
    touched((await update.executeTakeFirst()).numUpdatedRows, 'restore', String(id))
  }
  return {
    async add({ what, askedBy, askedAt }, processId, audited) {
      const process_identity = (await identify(processId)) ?? null
      const id = await transact(db, async (inside) => {
        const row = await inside
          .insertInto('restore')
          .values({
            ...{ what: JSON.stringify(what), asked_by: askedBy, asked_at: askedAt.toISOString() },
            ...{ process_id: processId, process_identity, state: 'waiting' },
          })
          .returning('id')
          .executeTakeFirstOrThrow()
        await auditTrail(inside, sealed).append(audited)
        return row.id
      })
      return { id, what, askedBy, askedAt, state: { kind: 'waiting' } }
    },
    begin: (id, at) => set(id, { state: 'running', started_at: at.toISOString() }),
    finish: (id, end, at) =>
      set(id, { state: end.kind, finished_at: at.toISOString(), ending: JSON.stringify(end) }),
    async get(id) {
      const row = await db.selectFrom('restore').selectAll().where('id', '=', id).executeTakeFirst()
      return restoreOf(found(row, 'restore', String(id)))
    },
    async page(request) {
      const columns = [{ name: 'id', type: 'number' }] as const
      const rows = () => db.selectFrom('restore').selectAll()
      const { items, next } = await pageOf({ rows, columns, request })
      return { items: await Promise.all(items.map(restoreOf)), next }
    },
    async closeLost() {
      const open = db.selectFrom('restore').selectAll().where('state', 'in', ['waiting', 'running'])
      const lost: number[] = []
      for (const row of await open.execute()) {
        const { id, state } = await restoreOf(row)
        if (state.kind !== 'lost') continue
        await set(id, { state: 'lost' })
        lost.push(id)
      }
      return lost
    },
  }
}

async function stateOf(db: Database, row: z.output<typeof restoreRow>): Promise<RestoreState> {
  switch (row.state) {
    case 'waiting':
    case 'running':
      return { kind: (await stillHolds(db, row.process_id, row.process_identity)) ? row.state : 'lost' }
    case 'lost':
      return { kind: 'lost' }
    case 'done':
    case 'done-with-warnings':
    case 'failed':
    case 'cancelled':
      return row.ending ?? { kind: 'lost' }
  }
}

const what = z.object({
  destination: z.string(),
  snapshot: z.string(),
  source: z.string(),
  hostname: z.string(),
  path: z.string().optional(),
  target: z.string(),
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  overwrite: z.enum(overwrites),
  delete: z.boolean(),
  dryRun: z.boolean(),
  verify: z.boolean(),
})

const outcome = z.object({
  files: z.number(),
  bytes: z.number(),
  unchanged: z.number(),
  left: z.number(),
  deleted: z.number(),
  fetchedBytes: z.number(),
  problemCount: z.number(),
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
  entryCount: z.number(),
  entries: z.array(z.object({ path: z.string(), action: z.enum(['write', 'delete']), bytes: z.number() })),
})

const ending: z.ZodType<RestoreEnd> = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['done', 'done-with-warnings']), outcome }),
  z.object({ kind: z.literal('failed'), failure }),
  z.object({ kind: z.literal('cancelled'), by: z.string() }),
])

const restoreRow = z.object({
  id: z.int().positive(),
  what: column.json(what),
  asked_by: z.string(),
  asked_at: column.time,
  process_id: z.int(),
  process_identity: column.optional(z.string()),
  state: z.enum(restoreStates),
  started_at: column.optional(column.time),
  finished_at: column.optional(column.time),
  ending: column.optional(column.json(ending)),
})
