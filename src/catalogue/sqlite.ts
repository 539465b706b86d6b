import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type SqliteStatement,
  sql,
  type TransactionSettings,
} from 'kysely'
import { type ErrorCode, messageOf, RedomaError } from '../core/errors.ts'
import { processIdentity } from '../core/process-identity.ts'
import type { Engine, KeptPresence, MigrationDialect } from './engine.ts'
import type { Tables } from './tables.ts'

/*
 * All that is SQLite's own.
 */

/** Migrations know it by this file, and are never edited. */
export type { MigrationDialect } from './engine.ts'

/**
 * The file, which must be there: SQLite would make one that everybody may read. It is opened for the first statement, since
 * `destroy` closes nothing before one.
 */
export function sqliteEngine(path: string): Engine {
  return {
    dialect,
    open() {
      const database = (): Promise<SqliteDatabase> => Promise.resolve(statementsOf(openDatabase(path)))
      return new Kysely<Tables>({ dialect: new ImmediateDialect({ database }) })
    },
    attend: () => Promise.resolve(alwaysThere()),
    async hasTable(db, name) {
      const tables = await db.introspection.getTables()
      return tables.some((table) => table.name === name)
    },
    copyTo: async (db, path) => {
      await sql`vacuum into ${path}`.execute(db)
    },
  }
}

/** The processes of one machine look for each other in its table. */
function alwaysThere(): KeptPresence {
  return {
    id: undefined,
    lost: new AbortController().signal,
    isGood: () => true,
    whenGood(signal) {
      signal.throwIfAborted()
      return Promise.resolve()
    },
    isThere: () => Promise.resolve(false),
    identify: processIdentity,
    end: () => Promise.resolve(),
  }
}

const dialect: MigrationDialect = {
  bytes: 'blob',
  appendOnly: async (db, table) => {
    for (const verb of ['update', 'delete']) {
      await sql`create trigger ${sql.id(`${table}_no_${verb}`)} before ${sql.raw(verb)} on ${sql.table(table)}
        begin select raise(abort, 'only added to'); end`.execute(db)
    }
  },
}

function openDatabase(path: string): DatabaseSync {
  const database = mapErrors(() => new DatabaseSync(path, { timeout: busyTimeoutMs }))
  // A schema altered by an intruder must not run functions, and a statement of ours must not corrupt the file.
  mapErrors(() => {
    database.enableDefensive(true)
    database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on')
    database.exec('pragma trusted_schema = off; pragma secure_delete = on')
  })
  return database
}

/** Another process that writes is waited for so long. */
const busyTimeoutMs = 10_000

class ImmediateDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig

  constructor(config: SqliteDialectConfig) {
    super(config)
    this.#config = config
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.#config)
  }
}

/**
 * Transactions that may write take the write lock when they begin. A deferred one that reads before it writes fails at once with
 * SQLITE_BUSY_SNAPSHOT, busy timeout or not, when another process wrote in between (sqlite.org/isolation.html).
 */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(
    connection: DatabaseConnection,
    settings?: TransactionSettings,
  ): Promise<void> {
    await connection.executeQuery(
      CompiledQuery.raw(settings?.accessMode === 'read only' ? 'begin' : 'begin immediate'),
    )
  }
}

/** `node:sqlite` in the shape that Kysely's dialect takes. Statements are kept: to prepare one costs more than to run it. */
function statementsOf(database: DatabaseSync): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>()
  return {
    close: () => {
      kept.clear()
      database.close()
    },
    prepare: (text) => {
      const known = kept.get(text)
      if (known !== undefined) return known
      const statement = mapErrors(() => statementOf(database.prepare(text)))
      if (kept.size >= statementsKept) kept.clear()
      kept.set(text, statement)
      return statement
    },
  }
}

const statementsKept = 200

function statementOf(statement: StatementSync): SqliteStatement {
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
  // The objects that Node makes of rows have no shape of their own, and cost half as much again as ours.
  statement.setReturnArrays(true)
  return {
    reader: statement.columns().length > 0,
    all: (parameters) =>
      mapErrors(() => {
        const rows = statement.all(...values(parameters)) as unknown as readonly (readonly unknown[])[]
        return rows.length === 0 ? [] : rowsOf(columnsOf(statement), rows)
      }),
    run: (parameters) => mapErrors(() => statement.run(...values(parameters))),
    *iterate(parameters) {
      for (const row of statement.iterate(...values(parameters)) as Iterable<unknown>) {
        yield* rowsOf(columnsOf(statement), [row as readonly unknown[]])
      }
    },
  }
}

/** Asked anew when there are rows: another process may have changed the table since the statement was made. */
function columnsOf(statement: StatementSync): readonly string[] {
  return statement.columns().map(({ name }) => name)
}

function rowsOf(names: readonly string[], rows: readonly (readonly unknown[])[]): unknown[] {
  return rows.map((values) => {
    const row: Record<string, unknown> = {}
    let index = 0
    for (const name of names) row[name] = values[index++]
    return row
  })
}

/** The primary result codes of SQLite (sqlite.org/rescode.html) that tell the operator something. */
const codes: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  5: ['FILE_FAILED', 'Another process holds it: try again when it has ended.'],
  8: ['FILE_FAILED', "The instance's folder must be writable by the user that Redoma runs as."],
  // Also when the disk is so full that not even the file that readers share can be made.
  10: ['FILE_FAILED', "Free space on the disk of the instance's folder; if it has some, see the kernel log."],
  11: ['CATALOGUE_DAMAGED', 'Restore catalogue.sqlite from the newest system backup.'],
  13: ['FILE_FAILED', "Free space on the disk of the instance's folder."],
  14: ['FILE_FAILED', "The instance's folder must be readable by the user that Redoma runs as."],
  26: ['CATALOGUE_DAMAGED', 'Restore catalogue.sqlite from the newest system backup.'],
}

function mapErrors<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    const extended = codeOf(error)
    const known = uniqueViolations.includes(extended) ? exists : codes[extended & 0xff]
    if (known === undefined) throw error
    const [code, hint] = known
    throw new RedomaError(code, `the catalogue: ${messageOf(error)}`, { hint, cause: error })
  }
}

/** SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE. */
const uniqueViolations: readonly number[] = [1555, 2067]
const exists = ['ALREADY_EXISTS', undefined] as const

/** The extended result code; its low byte is the primary one. */
function codeOf(error: unknown): number {
  if (!(error instanceof Error) || !('errcode' in error)) return 0
  return typeof error.errcode === 'number' ? error.errcode : 0
}
