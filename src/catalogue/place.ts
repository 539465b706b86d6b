import type { Secret } from '../core/secret.ts'
import type { CataloguePlace } from './engine.ts'
import { cataloguePath } from './home.ts'
import { sqlitePlace } from './sqlite-place.ts'

/**
 * @param database the address of a PostgreSQL; absent: it is a file in `home`
 * @throws RedomaError `USAGE` when the address does not fit
 */
export async function placeOf(home: string, database: Secret | undefined): Promise<CataloguePlace> {
  if (database === undefined) return sqlitePlace(home, cataloguePath(home))
  // Most instances have no server, and every command would load what speaks to one.
  const { postgresqlPlace } = await import('./postgresql/place.ts')
  return postgresqlPlace(home, database)
}
