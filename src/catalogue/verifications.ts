import { z } from 'zod'
import type { Finding, Verifiable, VerificationStore } from '../ports/verification.ts'
import { column, parseRow } from './rows.ts'
import { failure } from './run-parts.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

/** More tell nobody anything new, and a repository that is gone has millions. */
const mostKept = 20

export function verificationStore(db: Database): VerificationStore {
  return {
    async list() {
      const rows = await db
        .selectFrom('verification')
        .innerJoin('destination', 'destination.id', 'verification.destination_id')
        .selectAll('verification')
        .orderBy('destination.name')
        .orderBy('what')
        .execute()
      return rows.map((row) => {
        const { destination_id: destinationId, ...rest } = parseRow(verificationRow, row)
        return { destinationId, ...rest }
      })
    },
    async record(destinationId, what, end, at) {
      const state =
        end.kind === 'failed'
          ? { failed: JSON.stringify({ at: at.toISOString(), failure: end.failure }) }
          : { last: lastAs(end.findings.length, end.findings, at), failed: null }
      await keep(db, destinationId, what, state)
    },
    async add(destinationId, what, finding, at) {
      await transact(db, async (transaction) => {
        const row = await transaction
          .selectFrom('verification')
          .selectAll()
          .where('destination_id', '=', destinationId)
          .where('what', '=', what)
          .executeTakeFirst()
        const last = row && parseRow(verificationRow, row).last
        const others = (last?.findings ?? []).filter(({ message }) => message !== finding.message)
        const count = (last?.count ?? 0) + 1 - ((last?.findings.length ?? 0) - others.length)
        const state = { last: lastAs(count, [finding, ...others], last?.at ?? at) }
        await keep(transaction, destinationId, what, state)
      })
    },
  }
}

function lastAs(count: number, findings: readonly Finding[], at: Date): string {
  return JSON.stringify({ at: at.toISOString(), count, findings: findings.slice(0, mostKept) })
}

async function keep(
  db: Database,
  destinationId: string,
  what: Verifiable,
  state: { readonly last?: string; readonly failed?: string | null },
): Promise<void> {
  await db
    .insertInto('verification')
    .values({ destination_id: destinationId, what, ...state })
    .onConflict((conflict) => conflict.columns(['destination_id', 'what']).doUpdateSet(state))
    .execute()
}

const finding = z.object({
  object: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  what: z.string().optional(),
})

const verificationRow = z.object({
  destination_id: z.string(),
  what: z.enum(['ledger', 'repository']),
  last: column.optional(
    column.json(z.object({ at: column.time, count: column.count, findings: z.array(finding) })),
  ),
  failed: column.optional(column.json(z.object({ at: column.time, failure }))),
})
