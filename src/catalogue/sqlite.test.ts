import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { sqliteEngine } from './sqlite.ts'

test('a row has the columns that the table has by now, also where another process has changed it since', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'x.sqlite')
  const other = new DatabaseSync(path)
  other.exec("create table thing (a text, b text); insert into thing values ('1', '2'), ('3', null)")
  const db = sqliteEngine(path).open()
  const read = async () => (await sql`select * from thing`.execute(db)).rows

  expect(await read()).toEqual([
    { a: '1', b: '2' },
    { a: '3', b: null },
  ])
  other.exec("alter table thing drop column a; alter table thing add column c text default 'new'")
  expect(await read()).toEqual([
    { b: '2', c: 'new' },
    { b: null, c: 'new' },
  ])
  other.exec('delete from thing')
  expect(await read()).toEqual([])

  await db.destroy()
  other.close()
})
