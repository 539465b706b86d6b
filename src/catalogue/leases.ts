import { z } from 'zod'
import { RedomaError } from '../core/errors.ts'
import { isAlive, processIdentity } from '../core/process-identity.ts'
import type { Lease, LeaseStore } from '../ports/catalogue.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function leaseStore(db: Database): LeaseStore {
  return {
    async take(lease) {
      const identity = await processIdentity(lease.processId)
      return await transact(db, async (transaction) => {
        const former = await leaseOf(transaction, lease.destinationId)
        if (former !== undefined && (await isAlive(former.process_id, former.process_identity))) {
          throw taken(former)
        }
        await transaction.deleteFrom('lease').where('destination_id', '=', lease.destinationId).execute()
        await transaction.insertInto('lease').values(rowOf(lease, identity)).execute()
        return former === undefined ? undefined : leaseFrom(former)
      })
    },
    async release({ destinationId, processId }) {
      await db
        .deleteFrom('lease')
        .where('destination_id', '=', destinationId)
        .where('process_id', '=', processId)
        .execute()
    },
  }
}

const leaseRow = z.object({
  destination_id: z.string(),
  purpose: z.string(),
  process_id: z.int(),
  process_identity: column.optional(z.string()),
  taken_at: column.time,
})

type LeaseRow = z.output<typeof leaseRow>

async function leaseOf(db: Database, destinationId: string): Promise<LeaseRow | undefined> {
  const query = db.selectFrom('lease').selectAll().where('destination_id', '=', destinationId)
  const row = await query.executeTakeFirst()
  return row === undefined ? undefined : parseRow(leaseRow, row)
}

function rowOf(lease: Lease, identity: string | undefined) {
  return {
    destination_id: lease.destinationId,
    purpose: lease.purpose,
    process_id: lease.processId,
    process_identity: identity ?? null,
    taken_at: lease.takenAt.toISOString(),
  }
}

function leaseFrom(row: LeaseRow): Lease {
  return {
    destinationId: row.destination_id,
    purpose: row.purpose,
    processId: row.process_id,
    takenAt: row.taken_at,
  }
}

function taken({ purpose, process_id: processId, taken_at: takenAt }: LeaseRow): RedomaError {
  return new RedomaError(
    'RUN_UNDER_WAY',
    `process ${processId} of this instance works on the repository since ${takenAt.toISOString()}: ${purpose}`,
    { hint: 'Wait until it has ended, or have it waited for: --retry-lock 1h' },
  )
}
