import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createInstance } from '../../src/catalogue/create-instance.ts'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import type { Catalogue } from '../../src/ports/catalogue.ts'
import { type HandTurnedClock, handTurnedClock } from './clock.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface TestInstance extends AsyncDisposable {
  readonly home: string
  readonly catalogue: Catalogue
  readonly clock: HandTurnedClock
}

/** An instance of the test's own, gone when the test ends. */
export async function anInstance(): Promise<TestInstance> {
  const folder = await temporaryFolder()
  const clock = handTurnedClock()
  await createInstance(folder.path, 'test', clock)
  const catalogue = await openCatalogue({ home: folder.path, clock })
  const dispose = async () => {
    await catalogue.close()
    await folder[Symbol.asyncDispose]()
  }
  return { home: folder.path, catalogue, clock, [Symbol.asyncDispose]: dispose }
}

/** What an intruder with a SQLite program does. */
export function alterCatalogue(home: string, sql: string): void {
  const database = new DatabaseSync(join(home, 'catalogue.sqlite'))
  try {
    database.exec(sql)
  } finally {
    database.close()
  }
}

/** All bytes of the instance's folder, one a character. */
export async function everythingOnDisk(home: string): Promise<string> {
  const names = await readdir(home)
  const contents = await Promise.all(names.map((name) => readFile(join(home, name), 'latin1')))
  return contents.join('')
}
