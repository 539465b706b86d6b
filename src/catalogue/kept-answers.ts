import { z } from 'zod'
import type { Claim, KeptAnswers } from '../ports/kept-answers.ts'
import { keptRequestPlace } from './places.ts'
import { column, parseRow } from './rows.ts'
import type { SealedValues } from './sealed-values.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

export function keptAnswers(db: Database, sealed: SealedValues): KeptAnswers {
  return {
    claim: ({ key, route, mark, at, since }) =>
      transact(db, async (inside) => {
        await inside.deleteFrom('idempotency_key').where('begun_at', '<', since.toISOString()).execute()
        const row = {
          ...{ key, route, begun_at: at.toISOString() },
          sealed_request: sealed.seal(keptRequestPlace(key), mark),
        }
        const added = await inside
          .insertInto('idempotency_key')
          .values(row)
          .onConflict((conflict) => conflict.column('key').doNothing())
          .executeTakeFirst()
        if (added.numInsertedOrUpdatedRows === 1n) return { kind: 'new' }
        const known = inside.selectFrom('idempotency_key').selectAll().where('key', '=', key)
        const found = parseRow(keptRow, await known.executeTakeFirst())
        const isSame =
          found.route === route && sealed.open(keptRequestPlace(key), found.sealed_request).equals(mark)
        return isSame ? claimOf(found) : { kind: 'taken' }
      }),
    async keep(key, { status, headers, body }) {
      const answer = { status, headers: JSON.stringify(headers), body }
      await db.updateTable('idempotency_key').set(answer).where('key', '=', key).execute()
    },
    async release(key) {
      await db.deleteFrom('idempotency_key').where('key', '=', key).execute()
    },
  }
}

const keptRow = z.object({
  route: z.string(),
  sealed_request: column.bytes,
  status: column.optional(z.int()),
  headers: column.optional(column.json(z.record(z.string(), z.string()))),
  body: column.optional(z.string()),
})

function claimOf({ status, headers, body }: z.output<typeof keptRow>): Claim {
  return status === undefined || headers === undefined || body === undefined
    ? { kind: 'unanswered' }
    : { kind: 'answered', answer: { status, headers, body } }
}
