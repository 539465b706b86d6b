import { join } from 'node:path'
import { isRedomaError, RedomaError } from '../core/errors.ts'
import type { CredentialStore } from '../ports/catalogue.ts'
import type { DatabaseSource, DatabaseSpec } from '../ports/database.ts'
import { type DatabaseDeps, databaseSource } from '../sources/database/database-source.ts'

/** What sources that are databases need of the instance. */
export function databaseDeps(credentials: Pick<CredentialStore, 'get'>, home: string): DatabaseDeps {
  return {
    runFolder: join(home, 'run'),
    async passwordOf(id) {
      const { secret, title } = await credentials.get(id).catch((error: unknown) => {
        if (!isRedomaError(error, 'NOT_FOUND')) throw error
        throw new RedomaError('KEY_WRONG', `the credential of the database was removed: ${id}`, {
          hint: 'Add it again, and the source with it: redoma credential add; redoma source remove; redoma source add',
          cause: error,
        })
      })
      if (secret !== undefined) return secret
      throw new RedomaError('KEY_WRONG', `the credential ${title} has no password`, {
        hint: 'redoma credential edit',
      })
    },
  }
}

export function databasesOf(
  credentials: Pick<CredentialStore, 'get'>,
  home: string,
): (spec: DatabaseSpec) => DatabaseSource {
  const deps = databaseDeps(credentials, home)
  return (spec) => databaseSource(spec, deps)
}
