import { z } from 'zod'
import { periods, type RetentionPolicy, type RetentionRule } from '../core/retention/policy.ts'
import type { BundleRetentionStore } from '../ports/bundle-retention.ts'
import { column, parseRow } from './rows.ts'
import type { Database } from './tables.ts'

export function bundleRetentionStore(db: Database): BundleRetentionStore {
  const get = async (destinationId: string): Promise<RetentionPolicy | undefined> => {
    const row = await db
      .selectFrom('bundle_retention')
      .select('policy')
      .where('destination_id', '=', destinationId)
      .executeTakeFirst()
    return row === undefined ? undefined : parseRow(policyRow, row).policy
  }
  return {
    get,
    effective: async (destinationId) => (await get(destinationId)) ?? (await get('all')),
    async set(destinationId, policy, at) {
      if (policy === undefined) {
        await db.deleteFrom('bundle_retention').where('destination_id', '=', destinationId).execute()
        return
      }
      const row = { policy: JSON.stringify(policy), set_at: at.toISOString() }
      await db
        .insertInto('bundle_retention')
        .values({ destination_id: destinationId, ...row })
        .onConflict((conflict) => conflict.column('destination_id').doUpdateSet(row))
        .execute()
    },
  }
}

const span = z.object({
  years: column.count,
  months: column.count,
  days: column.count,
  hours: column.count,
})
/** JSON has no infinity: it is written as `null`. */
const count = z
  .int()
  .positive()
  .nullable()
  .transform((number) => number ?? Infinity)
const period = z.enum(periods)

const rule: z.ZodType<RetentionRule> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tags'), tags: z.array(z.string()) }),
  z.object({ kind: z.literal('within'), span }),
  z.object({ kind: z.literal('last'), count }),
  z.object({ kind: z.literal('every'), period, count }),
  z.object({ kind: z.literal('every-within'), period, span }),
])

const policyRow = z.object({ policy: column.json(z.array(rule)) })
