import type { DatabaseSource, DatabaseSpec, DatabaseTarget } from '../../ports/database.ts'
import type { PasswordOf } from './client.ts'
import { mariadbSource, mariadbTarget } from './mariadb.ts'
import { postgresqlSource, postgresqlTarget } from './postgresql.ts'
import { sqliteSource, sqliteTarget } from './sqlite.ts'

export interface DatabaseDeps {
  readonly passwordOf: PasswordOf
  /** For what has to be a file for a while; in the instance's folder. */
  readonly runFolder: string
}

export function databaseSource(spec: DatabaseSpec, { passwordOf, runFolder }: DatabaseDeps): DatabaseSource {
  switch (spec.kind) {
    case 'postgresql':
      return postgresqlSource(spec, passwordOf)
    case 'mariadb':
      return mariadbSource(spec, passwordOf)
    case 'sqlite':
      return sqliteSource(spec, runFolder)
  }
}

export function databaseTarget(spec: DatabaseSpec, passwordOf: PasswordOf): DatabaseTarget {
  switch (spec.kind) {
    case 'postgresql':
      return postgresqlTarget(spec, passwordOf)
    case 'mariadb':
      return mariadbTarget(spec, passwordOf)
    case 'sqlite':
      return sqliteTarget
  }
}
