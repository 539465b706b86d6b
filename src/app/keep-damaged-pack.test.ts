import { readdirSync, readFileSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { parseObjectId } from '../repository/ids.ts'
import { keepDamagedPack } from './keep-damaged-pack.ts'

const pack = parseObjectId('ab'.repeat(32))

test('a damaged pack is kept for its owner alone, once, beside other readings of it', async () => {
  await using folder = await temporaryFolder()
  const at = join(folder.path, 'damaged-packs', 'nas')

  const first = await keepDamagedPack(at, pack, Buffer.from('one reading'))
  const again = await keepDamagedPack(at, pack, Buffer.from('one reading'))
  const other = await keepDamagedPack(at, pack, Buffer.from('another'))

  expect(again).toBe(first)
  expect(readdirSync(at)).toHaveLength(2)
  expect(readFileSync(first, 'utf8')).toBe('one reading')
  expect(readFileSync(other, 'utf8')).toBe('another')
  expect([at, first].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600])
})

test('what cannot be kept is an error that says what to do', async () => {
  await using folder = await temporaryFolder()
  const at = join(folder.path, 'no-folder')
  await writeFile(at, '')

  await expect(keepDamagedPack(at, pack, Buffer.from('x'))).rejects.toMatchObject({
    code: 'FILE_FAILED',
    hint: expect.stringContaining('--keep-in') as string,
  })
})
