import { readdir, readFile, symlink, writeFile as write } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { writeFile } from './write-file.ts'

test('a link that somebody put where an unfinished file would be leads nothing elsewhere', async () => {
  await using folder = await temporaryFolder()
  const [path, others] = [join(folder.path, 'report.csv'), join(folder.path, 'others')]
  await write(others, 'of somebody else')
  await symlink(others, `${path}.unfinished`)

  await writeFile(path, parts('a,b\n', 'c,d\n'), new AbortController().signal)

  expect(await readFile(others, 'utf8')).toBe('of somebody else')
  expect(await readFile(path, 'utf8')).toBe('a,b\nc,d\n')
})

test('nothing of a file stays that did not come to its end', async () => {
  await using folder = await temporaryFolder()
  const ending = new AbortController()
  ending.abort()

  await expect(writeFile(join(folder.path, 'x'), parts('half'), ending.signal)).rejects.toThrow()

  expect(await readdir(folder.path)).toEqual([])
})

async function* parts(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}
