import { sql } from 'kysely'
import { z } from 'zod'
import { RedomaError } from '../core/errors.ts'
import type { Lease, LeaseStore } from '../ports/catalogue.ts'
import type { KeptPresence } from './engine.ts'
import { nameHolder, stillHolds } from './processes.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function leaseStore(
  db: Database,
  { id: presenceId, identify }: Pick<KeptPresence, 'id' | 'identify'>,
): LeaseStore {
  /** Released here, which could not be written (the disk was full): a process that lives on must not keep itself out for ever. */
  const owed = new Set<string>()

  return {
    async take(lease) {
      const identity = await identify(lease.processId)
      const taken = await transact(db, async (transaction) => {
        const former = await leaseOf(transaction, lease.destinationId)
        const isOwed =
          owed.has(lease.destinationId) &&
          former?.process_id === lease.processId &&
          former.process_identity === identity
        if (
          former !== undefined &&
          !isOwed &&
          (await stillHolds(transaction, former.process_id, former.process_identity))
        ) {
          throw heldBy(former, await nameHolder(transaction, former.process_id, former.process_identity))
        }
        await transaction.deleteFrom('lease').where('destination_id', '=', lease.destinationId).execute()
        const token = await nextToken(transaction)
        await transaction
          .insertInto('lease')
          .values({ ...rowOf(lease, identity), token })
          .execute()
        return {
          token: presenceId === undefined ? undefined : token,
          former: former === undefined || isOwed ? undefined : leaseFrom(former),
        }
      })
      owed.delete(lease.destinationId)
      return taken
    },
    async requireFree(destinationId) {
      const row = owed.has(destinationId) ? undefined : await leaseOf(db, destinationId)
      if (row !== undefined && (await stillHolds(db, row.process_id, row.process_identity)))
        throw heldBy(row, await nameHolder(db, row.process_id, row.process_identity))
    },
    async release({ destinationId, processId }) {
      owed.add(destinationId)
      await db
        .deleteFrom('lease')
        .where('destination_id', '=', destinationId)
        .where('process_id', '=', processId)
        .execute()
      owed.delete(destinationId)
    },
  }
}

async function nextToken(db: Database): Promise<number> {
  const { value } = await db
    .insertInto('counter')
    .values({ name: 'lease', value: 1 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: sql<number>`counter.value + 1` }))
    .returning('value')
    .executeTakeFirstOrThrow()
  return value
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

function heldBy({ purpose, taken_at: takenAt }: LeaseRow, holder: string): RedomaError {
  return new RedomaError(
    'RUN_UNDER_WAY',
    `${holder} of this instance works on the repository since ${takenAt.toISOString()}: ${purpose}`,
    { hint: 'Wait until it has ended, or have it waited for: --retry-lock 1h' },
  )
}
