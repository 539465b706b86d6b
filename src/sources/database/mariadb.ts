import { RedomaError } from '../../core/errors.ts'
import {
  accountsOfMariadb,
  type DatabaseDump,
  type DatabaseSource,
  type DatabaseTarget,
  type ServerSpec,
} from '../../ports/database.ts'
import { type DatabaseClient, databaseClient, type PasswordOf } from './client.ts'
import { fileNameOf } from './file-name.ts'
import { dropMs, restoreBy } from './restore-by.ts'

const ofTheServer = ['information_schema', 'performance_schema', 'sys', 'mysql']
/** What `mariadb-dump` prints last, when it has come to its end. */
const lastLine = '-- Dump completed'

/**
 * MariaDB and MySQL by `mariadb-dump`: each database in one transaction, with routines, events and triggers, and without the time of the dump, so that
 * what has not changed is the same. Only tables of InnoDB are of one moment.
 */
export function mariadbSource(spec: ServerSpec, passwordOf: PasswordOf): DatabaseSource {
  const client = clientOf(spec, passwordOf)
  return {
    async *dumps(signal) {
      for (const database of await databasesOf(spec, client, signal)) yield dumpOf(spec, client, database)
      if (spec.accounts) yield accountsOf(spec, client)
    },
  }
}

/** What it says is carried out one by one and cannot be undone, so that only a database that it makes itself is filled. */
export function mariadbTarget(spec: ServerSpec, passwordOf: PasswordOf): DatabaseTarget {
  const client = clientOf(spec, passwordOf)
  const sql = (text: string, signal: AbortSignal): Promise<string[]> =>
    client.lines(query(spec, text), signal)
  return {
    restore: (database, content, signal) =>
      restoreBy({
        database,
        isThere: async () =>
          (
            await sql(
              `SELECT 1 FROM information_schema.schemata WHERE schema_name = ${literal(database)}`,
              signal,
            )
          ).length > 0,
        create: () => sql(`CREATE DATABASE ${identifier(database)}`, signal),
        drop: () => sql(`DROP DATABASE ${identifier(database)}`, AbortSignal.timeout(dropMs)),
        // Words of the client itself (`\\! PROGRAM`) count for nothing in a dump, whose server may be anybody's.
        fill: () =>
          client.feed(['mariadb', ...connection(spec), '--binary-mode', '--', database], content, signal),
      }),
  }
}

function clientOf(spec: ServerSpec, passwordOf: PasswordOf): DatabaseClient {
  return databaseClient(spec, {
    passwordOf,
    secretFile: (password) => `[client]\npassword="${escaped(password)}"\n`,
    environment: () => ({}),
  })
}

/** As option files have it. */
function escaped(password: string): string {
  if (!/[\0]/.test(password))
    return password.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  throw new RedomaError('USAGE', 'the password of the database holds a NUL', {
    hint: 'Give the user of the database another password.',
  })
}

async function databasesOf(
  spec: ServerSpec,
  client: DatabaseClient,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (spec.databases !== undefined) return spec.databases
  const all = await client.lines(query(spec, 'SHOW DATABASES'), signal)
  return all.filter((name) => !ofTheServer.includes(name)).toSorted()
}

function dumpOf(spec: ServerSpec, client: DatabaseClient, database: string): DatabaseDump {
  const how = [
    '--single-transaction',
    '--quick',
    '--routines',
    '--events',
    '--triggers',
    '--hex-blob',
    '--skip-dump-date',
    '--default-character-set=utf8mb4',
  ]
  return {
    name: fileNameOf(database, '.sql'),
    open: (signal) =>
      whole(client.run(['mariadb-dump', ...connection(spec), ...how, '--', database], signal)),
  }
}

function accountsOf(spec: ServerSpec, client: DatabaseClient): DatabaseDump {
  return {
    name: accountsOfMariadb,
    open: (signal) =>
      client.run(['mariadb-dump', ...connection(spec), '--skip-dump-date', '--system=users'], signal),
  }
}

/** It may have been cut off by who ended it with success. */
async function* whole(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let last = Buffer.alloc(0)
  for await (const part of content) {
    last = Buffer.concat([last, part]).subarray(-200)
    yield part
  }
  if (last.includes(lastLine)) return
  throw new RedomaError('SOURCE_UNREADABLE', 'mariadb-dump: its output ends early', {
    hint: 'Nothing of a dump that fails is a backup. Start the program by hand and see.',
  })
}

function query(spec: ServerSpec, text: string): readonly string[] {
  return [
    'mariadb',
    ...connection(spec),
    '--connect-timeout=15',
    '--batch',
    '--skip-column-names',
    `--execute=${text}`,
  ]
}

/** The file of options comes first, and no other is read. */
function connection({ host, port, user, credential }: ServerSpec): readonly string[] {
  const options = credential === undefined ? '--no-defaults' : '--defaults-file=/dev/fd/3'
  const at = host.startsWith('/')
    ? [`--socket=${host}`]
    : [`--host=${host}`, '--protocol=tcp', ...(port === undefined ? [] : [`--port=${port}`])]
  return [options, ...at, `--user=${user}`]
}

function literal(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}

function identifier(text: string): string {
  return `\`${text.replaceAll('`', '``')}\``
}
