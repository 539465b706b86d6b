import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { sql } from 'kysely'
import { RedomaError } from '../../core/errors.ts'
import { migrate } from '../migrate.ts'
import { sqliteEngine } from '../sqlite.ts'
import type { Database } from '../tables.ts'

/** Pieces of attachments have 256 KiB each. */
const rowsAtOnce = 50

/**
 * Writes all tables as they are at one moment into a SQLite file, so that an instance can be rebuilt from it with nothing else.
 *
 * @param path a file that is there and empty
 */
export async function copyToSqlite(db: Database, path: string): Promise<void> {
  await makeTables(path)
  const file = new DatabaseSync(path)
  try {
    // A file of which half is there is thrown away, so nothing need be safe before the end.
    file.exec('pragma foreign_keys = off; pragma journal_mode = off; begin')
    file.exec('delete from migration')
    const moment = db.transaction().setAccessMode('read only')
    await moment.execute(async (transaction) => {
      for (const table of tablesIn(file)) await copyTable(transaction, file, table)
    })
    // Of processes that have the server's open.
    file.exec('delete from presence; commit; pragma journal_mode = delete')
    requireWhole(file)
  } finally {
    file.close()
  }
}

async function makeTables(path: string): Promise<void> {
  const engine = sqliteEngine(path)
  const db = engine.open()
  try {
    // When that was is said by the rows that take the place of these.
    await migrate(engine, db, { now: () => new Date(0) })
  } finally {
    await db.destroy()
  }
}

function tablesIn(file: DatabaseSync): string[] {
  const all = file.prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
  return all.all().map(({ name }) => String(name))
}

async function copyTable(db: Database, file: DatabaseSync, table: string): Promise<void> {
  const columns = file.prepare('select name from pragma_table_info(?)').all(table)
  const names = columns.map(({ name }) => String(name))
  const list = sql.join(names.map((name) => sql.ref(name)))
  await sql`declare rows no scroll cursor for select ${list} from ${sql.table(table)}`.execute(db)
  const quoted = names.map((name) => `"${name}"`).join()
  const insert = file.prepare(`insert into "${table}" (${quoted}) values (${names.map(() => '?').join()})`)
  for (;;) {
    const { rows } = await sql<Record<string, SQLInputValue>>`fetch ${sql.lit(rowsAtOnce)} from rows`.execute(
      db,
    )
    for (const row of rows) insert.run(...names.map((name) => row[name] ?? null))
    if (rows.length < rowsAtOnce) break
  }
  await sql`close rows`.execute(db)
}

function requireWhole(file: DatabaseSync): void {
  const wrong = file.prepare('pragma foreign_key_check').all().length
  if (wrong === 0) return
  throw new RedomaError('CATALOGUE_DAMAGED', `${wrong} rows of the catalogue belong to none that is there`)
}
