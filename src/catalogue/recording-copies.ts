import { z } from 'zod'
import type { RecordingCopy, RecordingStore } from '../ports/catalogue.ts'
import { pageOf } from './page-of.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'

export function recordingStore(db: Database): RecordingStore {
  const inOrder = db.selectFrom('recording_copy').selectAll().orderBy('folder').orderBy('destination_id')
  return {
    async list(destinationId) {
      const wanted =
        destinationId === undefined ? inOrder : inOrder.where('destination_id', '=', destinationId)
      return (await wanted.execute()).map(copyOf)
    },
    async page({ destinationId, source, since, until }, request) {
      let rows = db.selectFrom('recording_copy').selectAll()
      if (destinationId !== undefined) rows = rows.where('destination_id', '=', destinationId)
      if (source !== undefined) rows = rows.where('source', '=', source)
      if (since !== undefined) rows = rows.where('sealed_at', '>=', since.toISOString())
      if (until !== undefined) rows = rows.where('sealed_at', '<', until.toISOString())
      const { items, next } = await pageOf({ rows: () => rows, columns: order, request })
      return { items: items.map(copyOf), next }
    },
    /** A recording that changed is sealed anew under the same id: the entry says what lies there now. */
    async add(copy) {
      const { destination_id, recording_id, ...state } = rowOf(copy)
      await db
        .insertInto('recording_copy')
        .values({ destination_id, recording_id, ...state })
        .onConflict((conflict) => conflict.columns(['destination_id', 'recording_id']).doUpdateSet(state))
        .execute()
    },
  }
}

const order = [
  { name: 'sealed_at', type: 'text' },
  { name: 'destination_id', type: 'text' },
  { name: 'recording_id', type: 'text' },
] as const

const copyRow = z.object({
  destination_id: z.string(),
  recording_id: z.string(),
  source: z.string(),
  folder: z.string(),
  fingerprint: z.string(),
  sealed_at: column.time,
  sha256: z.string(),
  bytes: column.count,
  generation: z.int().positive(),
  summary: column.json(z.record(z.string(), z.union([z.string(), z.number()]))),
})

function copyOf(row: unknown): RecordingCopy {
  const {
    destination_id: destinationId,
    recording_id: recordingId,
    sealed_at: sealedAt,
    ...rest
  } = parseRow(copyRow, row)
  return { ...rest, destinationId, recordingId, sealedAt }
}

function rowOf(copy: RecordingCopy) {
  const { destinationId, recordingId, sealedAt, summary, ...rest } = copy
  return {
    ...rest,
    destination_id: destinationId,
    recording_id: recordingId,
    sealed_at: sealedAt.toISOString(),
    summary: JSON.stringify(summary),
  }
}
