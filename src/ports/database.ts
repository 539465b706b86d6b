/** What a system backup takes by asking a database, and not out of its files. */
export type DatabaseSpec = ServerSpec | SqliteSpec

/** PostgreSQL, MariaDB or MySQL. */
export interface ServerSpec {
  readonly kind: 'postgresql' | 'mariadb'
  /** A name or an address; or the absolute path of its socket (MariaDB), or of the folder of that (PostgreSQL). */
  readonly host: string
  readonly port?: number | undefined
  readonly user: string
  /** Absent: every one that there is when a backup begins. */
  readonly databases?: readonly string[] | undefined
  /** Roles and users, with the hashes of their passwords, as a file of their own. */
  readonly accounts: boolean
  /** The id of one in the registry, whose secret is the password. Absent: the server knows its user by other means. */
  readonly credential?: string | undefined
  /** The user of this system that the programs run as, for a server that knows its users by that. */
  readonly runAs?: string | undefined
}

export interface SqliteSpec {
  readonly kind: 'sqlite'
  readonly path: string
}

/** Files with roles and users: no database has one of these names. */
export const accountsOfPostgresql = 'globals.sql'
export const accountsOfMariadb = 'mysql-users.grants'

/** One database, or what belongs to all of a server. */
export interface DatabaseDump {
  /** Of the file that it becomes. */
  readonly name: string
  /**
   * All of it, of one moment.
   *
   * @throws RedomaError `SOURCE_UNREADABLE` when the program that prints it fails, or ends early
   */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>
}

export interface DatabaseSource {
  /** @throws RedomaError `SOURCE_UNREADABLE`, `KEY_WRONG` */
  dumps(signal: AbortSignal): AsyncIterable<DatabaseDump>
}

/** Where a dump goes back to. */
export interface DatabaseTarget {
  /**
   * Makes the database and fills it; where that fails, it is gone again.
   *
   * @throws RedomaError `ALREADY_EXISTS` where it is there, but for an empty one where a failure is undone, `PROGRAM_FAILED`
   */
  restore(database: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>
}
