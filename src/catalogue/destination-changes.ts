import { z } from 'zod'
import type { DestinationChange, WatchStep } from '../ports/destination-state.ts'
import { condition, probeFindings } from './destination-findings.ts'
import { type Identify, stillHolds } from './processes.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

/** Of one destination. One that flaps for weeks does not fill the catalogue. */
const mostKept = 1000

export async function addChange(
  db: Database,
  destinationId: string,
  change: NonNullable<WatchStep['change']>,
): Promise<void> {
  const row = {
    destination_id: destinationId,
    from_condition: change.from,
    to_condition: change.to,
    since: change.since.toISOString(),
    at: change.at.toISOString(),
    details: JSON.stringify(change.details),
  }
  await db.insertInto('destination_change').values(row).execute()
  const kept = db
    .selectFrom('destination_change')
    .select('id')
    .where('destination_id', '=', destinationId)
    .orderBy('id', 'desc')
    .limit(mostKept)
  await db
    .deleteFrom('destination_change')
    .where('destination_id', '=', destinationId)
    .where('told_at', 'is not', null)
    .where('id', 'not in', kept)
    .execute()
}

export async function takeUntold(
  db: Database,
  identify: Identify,
  processId: number,
): Promise<DestinationChange[]> {
  // Most often there is none, and who only looks holds nobody up.
  if ((await untold(db)).length === 0) return []
  const identity = await identify(processId)
  return await transact(db, async (transaction) => {
    const taken: DestinationChange[] = []
    for (const row of await untold(transaction)) {
      const { teller_id: teller, teller_identity: tellerIdentity } = row
      const isOwn = teller === processId && tellerIdentity === identity
      if (teller !== undefined && !isOwn && (await stillHolds(transaction, teller, tellerIdentity))) continue
      await transaction
        .updateTable('destination_change')
        .set({ teller_id: processId, teller_identity: identity ?? null })
        .where('id', '=', row.id)
        .execute()
      taken.push(changeOf(row))
    }
    return taken
  })
}

export async function markTold(db: Database, id: number, at: Date): Promise<void> {
  await db.updateTable('destination_change').set({ told_at: at.toISOString() }).where('id', '=', id).execute()
}

export async function forgetChanges(db: Database, destinationId: string): Promise<void> {
  await db.deleteFrom('destination_change').where('destination_id', '=', destinationId).execute()
}

const changeRow = z.object({
  id: z.int().positive(),
  destination_id: z.string(),
  name: z.string(),
  from_condition: condition.or(z.literal('unknown')),
  to_condition: condition,
  since: column.time,
  at: column.time,
  details: column.json(probeFindings),
  teller_id: column.optional(z.int()),
  teller_identity: column.optional(z.string()),
})

async function untold(db: Database): Promise<z.output<typeof changeRow>[]> {
  const rows = await db
    .selectFrom('destination_change')
    .innerJoin('destination', 'destination.id', 'destination_change.destination_id')
    .selectAll('destination_change')
    .select('destination.name')
    .where('told_at', 'is', null)
    .orderBy('destination_change.id')
    .execute()
  return rows.map((row) => parseRow(changeRow, row))
}

function changeOf(row: z.output<typeof changeRow>): DestinationChange {
  return {
    id: row.id,
    destinationId: row.destination_id,
    destination: row.name,
    from: row.from_condition,
    to: row.to_condition,
    since: row.since,
    at: row.at,
    details: row.details,
  }
}
