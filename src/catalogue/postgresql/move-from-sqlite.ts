import { rename } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { Clock } from '../../ports/clock.ts'
import { cataloguePath, exists } from '../home.ts'
import { migrate } from '../migrate.ts'
import { sqliteEngine } from '../sqlite.ts'
import type { Database } from '../tables.ts'
import { postgresqlEngine } from './engine.ts'
import { markHome } from './place.ts'

/** Pieces of attachments have 256 KiB each. */
const rowsAtOnce = 50

/**
 * Moves the catalogue of a home into a database that holds none: all of it or nothing. The file stays beside as `catalogue.sqlite.moved`.
 *
 * @throws RedomaError `INSTANCE_MISSING`, `INSTANCE_EXISTS`, `USAGE`, `CATALOGUE_UNREACHABLE`, `FILE_FAILED` when another process has it open
 */
export async function moveToPostgresql(home: string, url: Secret, clock: Clock): Promise<void> {
  const path = cataloguePath(home)
  const engine = postgresqlEngine(url)
  if (!(await exists(path))) throw new RedomaError('INSTANCE_MISSING', `there is no ${path} to move`)
  await bringUpToDate(path, clock)
  const file = new DatabaseSync(path, { timeout: 10_000 })
  const db = engine.open()
  try {
    takeAlone(file)
    await migrate(engine, db, clock)
    await db.transaction().execute(async (transaction) => {
      const there = await transaction.selectFrom('instance').select('id').executeTakeFirst()
      if (there !== undefined) {
        throw new RedomaError(
          'INSTANCE_EXISTS',
          'the database that DATABASE_URL names holds an instance already',
        )
      }
      for (const table of tablesIn(file)) await copyTable(file, transaction, table)
    })
    await rename(path, `${path}.moved`)
    await markHome(home)
  } finally {
    file.close()
    await db.destroy()
  }
}

/** A file that is written through a log beside it cannot leave that mode while somebody else has it open. */
function takeAlone(file: DatabaseSync): void {
  try {
    file.exec('pragma journal_mode = delete; begin immediate')
  } catch (error) {
    throw new RedomaError('FILE_FAILED', 'another process has the catalogue open', {
      hint: 'Stop all that runs of this instance, then move it.',
      cause: error,
    })
  }
}

async function bringUpToDate(path: string, clock: Clock): Promise<void> {
  const engine = sqliteEngine(path)
  const db = engine.open()
  try {
    await migrate(engine, db, clock)
  } finally {
    await db.destroy()
  }
}

/** In the order in which they were made: what others refer to comes first. */
function tablesIn(file: DatabaseSync): string[] {
  const all = file.prepare(
    "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by rowid",
  )
  return all
    .all()
    .map(({ name }) => String(name))
    .filter((name) => name !== 'migration' && name !== 'presence')
}

async function copyTable(file: DatabaseSync, db: Database, table: string): Promise<void> {
  const insert = async (rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> => {
    const names = Object.keys(rows[0] ?? {})
    if (names.length === 0) return
    const tuples = rows.map((row) => sql`(${sql.join(names.map((name) => row[name]))})`)
    const columns = sql.join(names.map((name) => sql.ref(name)))
    await sql`insert into ${sql.table(table)} (${columns}) values ${sql.join(tuples)}`.execute(db)
  }
  let batch: Record<string, unknown>[] = []
  let copied = 0
  for (const row of file.prepare(`select * from "${table}"`).iterate()) {
    copied++
    if (batch.push(row) < rowsAtOnce) continue
    await insert(batch)
    batch = []
  }
  await insert(batch)
  await continueNumbers(db, table)
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(db)
  if (rows[0]?.count !== copied) throw new TypeError(`${table}: not all rows were copied`)
}

/** The next row gets the number after the highest. */
async function continueNumbers(db: Database, table: string): Promise<void> {
  const { rows } = await sql<{ sequence: string | null }>`
    select pg_get_serial_sequence(quote_ident(attrelid::regclass::text), attname) as sequence from pg_attribute
    where attrelid = to_regclass(quote_ident(${table})) and attname = 'id' and attidentity <> ''`.execute(db)
  const sequence = rows[0]?.sequence
  if (sequence === undefined || sequence === null) return
  await sql`select setval(${sequence}, max(id)) from ${sql.table(table)} having max(id) is not null`.execute(
    db,
  )
}
