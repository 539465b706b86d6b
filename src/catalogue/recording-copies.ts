import { z } from 'zod'
import type { RecordingCopy, RecordingStore } from '../ports/catalogue.ts'
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
