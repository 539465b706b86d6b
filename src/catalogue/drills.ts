import { z } from 'zod'
import type { DrillQuestion, DrillRecord, DrillStore, Proof, Subject } from '../ports/guardian.ts'
import { addOnce } from './entries.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function drillStore(db: Database): DrillStore {
  return {
    async add({ id, generation, startedAt, expiresAt, questions }) {
      const drill = {
        id,
        generation,
        started_at: startedAt.toISOString(),
        expires_at: expiresAt.toISOString(),
      }
      await transact(db, async (transaction) => {
        await addOnce('drill', id, transaction.insertInto('drill').values(drill))
        const rows = questions.map((question) => questionRow(id, question))
        await transaction.insertInto('drill_question').values(rows).execute()
      })
    },
    async list() {
      const drills = await db.selectFrom('drill').selectAll().orderBy('started_at', 'desc').execute()
      const questions = await db.selectFrom('drill_question').selectAll().orderBy('share').execute()
      return drills.map((row) =>
        drillOf(
          row,
          questions.filter(({ drill_id }) => drill_id === row.id),
        ),
      )
    },
    async answer({ id, generation }, subject, at) {
      await transact(db, async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable('drill_question')
          .set({ answered_at: at.toISOString() })
          .where('drill_id', '=', id)
          .where('share', '=', shareOf(subject))
          .where('answered_at', 'is', null)
          .executeTakeFirstOrThrow()
        if (numUpdatedRows > 0n) await addProofs(transaction, [{ generation, subject, at, drill: id }])
      })
    },
    async proofs() {
      return (await db.selectFrom('share_proof').selectAll().orderBy('id').execute()).map(proofOf)
    },
    async days() {
      const row = await db.selectFrom('instance').select('drill_days').executeTakeFirst()
      return parseRow(z.object({ drill_days: z.int().positive() }), row).drill_days
    },
    async setDays(days) {
      await db.updateTable('instance').set({ drill_days: days }).execute()
    },
  }
}

export async function addProofs(db: Database, proofs: readonly Proof[]): Promise<void> {
  if (proofs.length === 0) return
  const rows = proofs.map(({ generation, subject, at, drill }) => ({
    generation,
    share: shareOf(subject),
    drill_id: drill ?? null,
    proven_at: at.toISOString(),
  }))
  await db.insertInto('share_proof').values(rows).execute()
}

/** Shares count from 1: the whole is 0. */
function shareOf(subject: Subject): number {
  return subject === 'whole' ? 0 : subject
}

const share = z
  .int()
  .nonnegative()
  .transform((number): Subject => (number === 0 ? 'whole' : number))

function questionRow(drill: string, { subject, codeSha256, answeredAt }: DrillQuestion) {
  return {
    drill_id: drill,
    share: shareOf(subject),
    code_sha256: codeSha256,
    answered_at: answeredAt?.toISOString() ?? null,
  }
}

const drillRow = z.object({
  id: z.uuid(),
  generation: z.int().positive(),
  started_at: column.time,
  expires_at: column.time,
})
const questionRowSchema = z.object({
  share,
  code_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  answered_at: column.optional(column.time),
})

function drillOf(row: unknown, questions: readonly unknown[]): DrillRecord {
  const { id, generation, started_at: startedAt, expires_at: expiresAt } = parseRow(drillRow, row)
  return {
    id,
    generation,
    startedAt,
    expiresAt,
    questions: questions.map((question) => {
      const {
        share: subject,
        code_sha256: codeSha256,
        answered_at: answeredAt,
      } = parseRow(questionRowSchema, question)
      return { subject, codeSha256, answeredAt }
    }),
  }
}

const proofRow = z.object({
  generation: z.int().positive(),
  share,
  drill_id: column.optional(z.string()),
  proven_at: column.time,
})

function proofOf(row: unknown): Proof {
  const { generation, share: subject, drill_id: drill, proven_at: at } = parseRow(proofRow, row)
  return { generation, subject, at, drill }
}
