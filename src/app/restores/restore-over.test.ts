import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { isAnythingIn } from './restore-over.ts'

test('only what is missing or an empty folder is nothing: a file, and whatever cannot be listed, is something', async () => {
  await using folder = await temporaryFolder()
  await mkdir(join(folder.path, 'empty'))
  await mkdir(join(folder.path, 'full/inside'), { recursive: true })
  await writeFile(join(folder.path, 'file'), '')
  const names = ['missing', 'empty', 'full', 'file', 'file/below']
  const seen = await Promise.all(names.map((name) => isAnythingIn(join(folder.path, name))))

  expect(Object.fromEntries(names.map((name, at) => [name, seen[at]]))).toEqual({
    ...{ missing: false, empty: false },
    ...{ full: true, file: true, 'file/below': true },
  })
})
