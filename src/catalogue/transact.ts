import { isRedomaError } from '../core/errors.ts'
import { Interrupted } from './engine.ts'
import type { Database } from './tables.ts'

const mostAttempts = 5

/**
 * Does `work` in the transaction that is under way already, or in one of its own: all of it counts, or nothing. Where the database was lost
 * in the midst of it, it is done again from its beginning: `work` may do nothing but read and write there.
 */
export function transact<T>(db: Database, work: (inside: Database) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : again(() => db.transaction().execute(work))
}

/** The same for what only reads: it sees the database as it is at one moment, waits for nobody and holds nobody up. */
export function atOneMoment<T>(db: Database, work: (inside: Database) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : again(() => db.transaction().setAccessMode('read only').execute(work))
}

async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === mostAttempts || !wasInterrupted(error)) throw error
    }
  }
}

function wasInterrupted(error: unknown): boolean {
  return isRedomaError(error, 'CATALOGUE_UNREACHABLE') && error.cause instanceof Interrupted
}
