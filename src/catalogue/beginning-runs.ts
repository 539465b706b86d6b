import { isRedomaError } from '../core/errors.ts'
import type { KeptPresence } from './engine.ts'
import { insertRun, type NewRun, newRun, type RunInsertion, refuseSecond } from './run-rows.ts'
import type { Database } from './tables.ts'
import { transact } from './transact.ts'

/** How runs of this process are begun, whoever asks for them. */
export interface BeginningRuns {
  /**
   * @param mayBegin asked in the same transaction
   * @returns nothing when it may not
   * @throws RedomaError `RUN_UNDER_WAY`
   */
  begin(run: NewRun, mayBegin: (db: Database) => Promise<boolean>): Promise<number | undefined>
  /** Ends as lost what has begun although `begin` failed: where the answer to the commit was lost, nobody here knows of it, and nobody else may end it. */
  endUntold(): Promise<void>
}

export function beginningRuns(db: Database, { identify }: Pick<KeptPresence, 'identify'>): BeginningRuns {
  const untold = new Set<RunInsertion>()
  return {
    async begin(run, mayBegin) {
      const row = await newRun(identify, run)
      try {
        return await transact(db, async (transaction) => {
          if (!(await mayBegin(transaction))) return undefined
          await refuseSecond(transaction)
          return insertRun(transaction, row)
        })
      } catch (error) {
        if (!isRedomaError(error, 'RUN_UNDER_WAY')) untold.add(row)
        throw error
      }
    },
    async endUntold() {
      for (const row of untold) {
        await db
          .updateTable('run')
          .set({ state: 'lost' })
          .where('state', '=', 'running')
          .where('process_id', '=', row.process_id)
          .where('process_identity', 'is not distinct from', row.process_identity ?? null)
          .where('started_at', '=', row.started_at)
          .where('plan_id', 'is not distinct from', row.plan_id ?? null)
          .where('due_at', 'is not distinct from', row.due_at ?? null)
          .execute()
        untold.delete(row)
      }
    },
  }
}
