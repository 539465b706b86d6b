import type { DatabaseSource } from '../../src/ports/database.ts'

/** For who has no source that is one. */
export function noDatabases(): DatabaseSource {
  throw new Error('no source is a database')
}
