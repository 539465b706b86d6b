import { RedomaError } from '../../core/errors.ts'
import {
  accountsOfPostgresql,
  type DatabaseDump,
  type DatabaseSource,
  type DatabaseTarget,
  type ServerSpec,
} from '../../ports/database.ts'
import { type DatabaseClient, databaseClient, type PasswordOf } from './client.ts'
import { fileNameOf } from './file-name.ts'
import { dropMs, restoreBy } from './restore-by.ts'

/** Everything that waits for a lock of the database gives up after it: a backup must not queue up behind it for ever. */
const lockWait = '--lock-wait-timeout=60s'
const maintenanceDatabase = 'postgres'

/**
 * PostgreSQL by its own programs: `pg_dump` in custom format without compression, which the repository does better, and `pg_dumpall` for roles and
 * tablespaces. Each database is of one moment; two of them are not of the same.
 */
export function postgresqlSource(spec: ServerSpec, passwordOf: PasswordOf): DatabaseSource {
  const client = clientOf(spec, passwordOf)
  return {
    async *dumps(signal) {
      for (const database of await databasesOf(spec, client, signal)) yield dumpOf(spec, client, database)
      if (spec.accounts) yield globalsOf(spec, client)
    },
  }
}

export function postgresqlTarget(spec: ServerSpec, passwordOf: PasswordOf): DatabaseTarget {
  const client = clientOf(spec, passwordOf)
  const sql = (database: string, text: string, signal: AbortSignal): Promise<string[]> =>
    client.lines(
      [
        ...['psql', '--no-psqlrc', '--tuples-only', '--no-align', '--quiet', '-v', 'ON_ERROR_STOP=1'],
        ...connection(spec, database),
        ...['-c', text],
      ],
      signal,
    )
  return {
    restore: (database, content, signal) =>
      restoreBy({
        database,
        async isThere() {
          const found = await sql(
            maintenanceDatabase,
            `SELECT 1 FROM pg_catalog.pg_database WHERE datname = ${literal(database)}`,
            signal,
          )
          return found.length > 0
        },
        async isEmpty() {
          const found = await sql(
            database,
            "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%' LIMIT 1",
            signal,
          )
          return found.length === 0
        },
        create: () =>
          sql(maintenanceDatabase, `CREATE DATABASE ${identifier(database)} TEMPLATE template0`, signal),
        drop: () =>
          sql(maintenanceDatabase, `DROP DATABASE ${identifier(database)}`, AbortSignal.timeout(dropMs)),
        fill: () =>
          client.feed(
            ['pg_restore', '--exit-on-error', '--single-transaction', ...connection(spec, database)],
            content,
            signal,
          ),
      }),
  }
}

function clientOf(spec: ServerSpec, passwordOf: PasswordOf): DatabaseClient {
  return databaseClient(spec, {
    passwordOf,
    // Five fields with colons between them (pgpass); backslash and colon are escaped.
    secretFile: (password) => `*:*:*:*:${requireOneLine(password).replace(/[\\:]/g, '\\$&')}\n`,
    environment: (path) => ({ PGPASSFILE: path, PGCONNECT_TIMEOUT: '15', PGAPPNAME: 'redoma' }),
  })
}

function requireOneLine(password: string): string {
  if (!/[\n\0]/.test(password)) return password
  throw new RedomaError(
    'USAGE',
    'the password of the database holds a line feed or a NUL, which no pgpass file can',
    {
      hint: 'Give the user of the database another password.',
    },
  )
}

async function databasesOf(
  spec: ServerSpec,
  client: DatabaseClient,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (spec.databases !== undefined) return spec.databases
  const query =
    'SELECT datname FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname'
  const argv = [
    'psql',
    '--no-psqlrc',
    '--tuples-only',
    '--no-align',
    ...connection(spec, maintenanceDatabase),
    '-c',
    query,
  ]
  return await client.lines(argv, signal)
}

function dumpOf(spec: ServerSpec, client: DatabaseClient, database: string): DatabaseDump {
  return {
    name: fileNameOf(database, '.dump'),
    open: (signal) =>
      client.run(
        ['pg_dump', '--format=custom', '--compress=0', lockWait, ...connection(spec, database)],
        signal,
      ),
  }
}

function globalsOf(spec: ServerSpec, client: DatabaseClient): DatabaseDump {
  return {
    name: accountsOfPostgresql,
    open: (signal) =>
      client.run(['pg_dumpall', '--globals-only', ...connection(spec, maintenanceDatabase)], signal),
  }
}

/** Never asks. */
function connection({ host, port, user }: ServerSpec, database: string): readonly string[] {
  const at = port === undefined ? [] : [`--port=${port}`]
  return [
    `--host=${host}`,
    ...at,
    `--username=${user}`,
    '--no-password',
    `--dbname=dbname=${conninfo(database)}`,
  ]
}

/** As libpq reads a value of a connection string. */
function conninfo(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}

function literal(text: string): string {
  return `E'${text.replace(/[\\']/g, '\\$&')}'`
}

function identifier(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
