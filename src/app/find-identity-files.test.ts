import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { findIdentityFiles } from './find-identity-files.ts'

test('identity files are found beside a bundle and above a recording, the newest generation first', async () => {
  await using copy = await temporaryFolder()
  const [secrets, recording] = [join(copy.path, 'secrets'), join(copy.path, 'recordings/2026/03/01/id')]
  await Promise.all([mkdir(secrets), mkdir(recording, { recursive: true })])
  const names = [
    'identity.generation-2.quorum.age',
    'identity.generation-10.password.age',
    'identity.quorum.age',
    'identity.password.age.txt',
    'shares.json',
  ]
  for (const name of names) await writeFile(join(secrets, name), '')

  const beside = await findIdentityFiles(join(secrets, 'vault-1.age'))
  const above = await findIdentityFiles(join(recording, 'original.age'))

  expect(beside.map(({ path, ...rest }) => ({ name: basename(path), ...rest }))).toEqual([
    { name: 'identity.quorum.age', openedBy: 'shares' },
    { name: 'identity.generation-10.password.age', openedBy: 'password', generation: 10 },
    { name: 'identity.generation-2.quorum.age', openedBy: 'shares', generation: 2 },
  ])
  expect(above).toEqual(beside)
})

test('where no identity file is near, none is found', async () => {
  await using copy = await temporaryFolder()
  const file = join(copy.path, 'a/b/c/d/e/f/original.age')
  await mkdir(dirname(file), { recursive: true })

  expect(await findIdentityFiles(file)).toEqual([])
})
