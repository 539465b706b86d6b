import { z } from 'zod'
import type { Opening, OpeningStore, SettledExposure } from '../ports/opening.ts'
import { auditTrail } from './audit-trail.ts'
import { column, parseRow } from './rows.ts'
import type { SealedValues } from './sealed-values.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function openingStore(db: Database, sealed: Pick<SealedValues, 'auditMac'>): OpeningStore {
  return {
    async add(opening) {
      const { id } = await db
        .insertInto('opening')
        .values({
          scope: opening.scope ?? null,
          sequence: opening.sequence ?? null,
          object: opening.object,
          opened_at: opening.openedAt.toISOString(),
          opened_by: opening.openedBy,
          why: opening.why,
          recorded_at: opening.recordedAt.toISOString(),
          recorded_by: opening.recordedBy,
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      return { ...opening, id }
    },
    async list() {
      const rows = await db.selectFrom('opening').selectAll().orderBy('id', 'desc').execute()
      return rows.map(openingOf)
    },
    async settle(openingId, exposures, audited = []) {
      await transact(db, async (transaction) => {
        for (const { source, id, why, settledAt, settledBy } of exposures) {
          const row = {
            opening_id: openingId,
            source,
            credential_id: id,
            why,
            settled_at: settledAt.toISOString(),
            settled_by: settledBy,
          }
          await transaction
            .insertInto('settled_exposure')
            .values(row)
            .onConflict((conflict) => conflict.doNothing())
            .execute()
        }
        for (const entry of audited) await auditTrail(transaction, sealed).append(entry)
      })
    },
    async settled(openingId) {
      const all = db.selectFrom('settled_exposure').selectAll().where('opening_id', '=', openingId)
      return (await all.execute()).map(settledOf)
    },
  }
}

const openingRow = z.object({
  id: z.int().positive(),
  scope: column.optional(z.string()),
  sequence: column.optional(z.int().positive()),
  object: z.string(),
  opened_at: column.time,
  opened_by: z.string(),
  why: z.string(),
  recorded_at: column.time,
  recorded_by: z.string(),
})

function openingOf(row: unknown): Opening {
  const parsed = parseRow(openingRow, row)
  const { id, scope, sequence, object, why } = parsed
  return {
    id,
    scope,
    sequence,
    object,
    why,
    openedAt: parsed.opened_at,
    openedBy: parsed.opened_by,
    recordedAt: parsed.recorded_at,
    recordedBy: parsed.recorded_by,
  }
}

const settledRow = z.object({
  source: z.string(),
  credential_id: z.string(),
  why: z.string(),
  settled_at: column.time,
  settled_by: z.string(),
})

function settledOf(row: unknown): SettledExposure {
  const { source, credential_id: id, why, settled_at, settled_by } = parseRow(settledRow, row)
  return { source, id, why, settledAt: settled_at, settledBy: settled_by }
}
