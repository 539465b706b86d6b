import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createInstance } from '../../src/catalogue/create-instance.ts'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import type { Secret } from '../../src/core/secret.ts'
import type { Catalogue } from '../../src/ports/catalogue.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { type HandTurnedClock, handTurnedClock } from './clock.ts'
import { aCatalogueDatabase, type CatalogueDatabase, onPostgresql } from './databases/catalogue-database.ts'
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts'

export interface TestInstance extends AsyncDisposable {
  readonly home: string
  readonly catalogue: Catalogue
  readonly clock: HandTurnedClock
}

/** An instance of the test's own, gone when the test ends; its catalogue is of the kind that the tests run on (`onPostgresql`). */
export async function anInstance(at?: TemporaryFolder): Promise<TestInstance> {
  const place = await aHome(at)
  const clock = handTurnedClock()
  await createInstance(place.home, 'test', clock, { database: databaseOf(place.home) })
  const catalogue = await openedAgain(place.home, clock)
  const dispose = async () => {
    await catalogue.close()
    await place[Symbol.asyncDispose]()
  }
  return { home: place.home, catalogue, clock, [Symbol.asyncDispose]: dispose }
}

/** A folder for an instance, and a place for its catalogue. */
export async function aHome(at?: TemporaryFolder): Promise<AsyncDisposable & { readonly home: string }> {
  const folder = at ?? (await temporaryFolder())
  const database = onPostgresql ? await aCatalogueDatabase() : undefined
  if (database !== undefined) databases.set(folder.path, database)
  return {
    home: folder.path,
    async [Symbol.asyncDispose]() {
      await database?.[Symbol.asyncDispose]()
      databases.delete(folder.path)
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** By home. */
const databases = new Map<string, CatalogueDatabase>()

/** Where the catalogue of a home that `aHome` made is; `undefined`: in it. */
export function databaseOf(home: string): Secret | undefined {
  return databases.get(home)?.url
}

/** What another process of the instance has. */
export async function openedAgain(home: string, clock: Clock): Promise<Catalogue & AsyncDisposable> {
  const catalogue = await openCatalogue({ home, clock, database: databaseOf(home) })
  return Object.assign(catalogue, { [Symbol.asyncDispose]: () => catalogue.close() })
}

/** What an intruder with a program for the database does. */
export function alterCatalogue(home: string, sql: string): void {
  const there = databases.get(home)
  if (there !== undefined) {
    there.sql(sql)
    return
  }
  const database = new DatabaseSync(join(home, 'catalogue.sqlite'))
  try {
    database.exec(sql)
  } finally {
    database.close()
  }
}

/** All bytes of the instance's folder, one a character, and all rows of its database. */
export async function everythingOnDisk(home: string): Promise<string> {
  const names = await readdir(home)
  const contents = await Promise.all(names.map((name) => readFile(join(home, name), 'latin1')))
  const rows = databases.get(home)?.sql(allRows) ?? ''
  return contents.join('') + rows
}

/** Bytes as the text that they are, where they are one. */
const allRows = `set bytea_output = escape; select query_to_xml(format('select * from %I', relname), false, false, '') from pg_class
  where relkind = 'r' and relnamespace = current_schema()::regnamespace`
