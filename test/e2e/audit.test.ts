import { join } from 'node:path'
import { expect, test } from 'vitest'
import { alterCatalogue } from '../support/instance.ts'
import { redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('who did what is listed and verified, and whoever wrote past it is found out', async () => {
  await using folder = await temporaryFolder()
  const home = join(folder.path, 'home')
  const redoma = redomaAt(home)
  const run = (...words: string[]) => redoma.run(words)
  expect(await run('init')).toMatchObject({ code: 0 })
  for (const name of ['one', 'two'])
    expect(await run('destination', 'add', name, '--local', join(folder.path, name))).toMatchObject({
      code: 0,
    })

  const listed = await run('audit', 'list')
  expect(listed.stdout).toMatch(/destination\.add +two/)
  const verified = await run('audit', 'verify')
  expect(verified).toMatchObject({ code: 0 })
  const head = /^head {2}(\S+)$/m.exec(verified.stdout)?.[1] ?? ''
  expect(await run('audit', 'verify', '--head', head)).toMatchObject({ code: 0 })
  expect(await run('audit', 'verify', '--head', 'x')).toMatchObject({ code: 2 })

  alterCatalogue(
    home,
    `drop trigger audit_entry_no_delete; delete from audit_entry where id = (select max(id) from audit_entry)`,
  )
  expect(await run('audit', 'verify')).toMatchObject({ code: 0 })
  const cut = await run('audit', 'verify', '--head', head)
  expect(cut.code).toBe(6)
  expect(cut.stderr).toContain('newest entries were removed')
})
