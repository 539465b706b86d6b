import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { Secret } from '../../core/secret.ts'
import { openCredentialsFile } from './credentials-file.ts'

const of = (secret: string, user = 'backup') => ({ user, secret: new Secret(secret) })

test('a credentials file has the password as it is, its owner’s eyes only, and no name', async () => {
  const before = await readdir('/dev/shm')
  await using file = await openCredentialsFile(of(' p&w!\\x, y% '), 'CORP')

  expect(await readFile(`/proc/self/fd/${file.fd}`, 'utf8')).toBe(
    'username=backup\ndomain=CORP\npassword= p&w!\\x, y% \n',
  )
  const { mode, nlink } = await file.stat()
  expect([mode & 0o777, nlink]).toEqual([0o600, 0])
  expect(await readdir('/dev/shm')).toEqual(before)
})

test.each([
  ['a password with a line feed', of('hunter2\nb')],
  ['a password with a NUL', of('hunter2\0b')],
  ['a password longer than the kernel reads', of('hunter2'.repeat(20))],
  ['a user with an option', of('hunter2', 'a,uid=0')],
  ['a user with a password', of('hunter2', 'a%b')],
  ['a user with a domain', of('hunter2', 'CORP\\a')],
  ['no user', of('hunter2', '')],
])('%s is refused, and not said', async (_, credential) => {
  const failure: unknown = await openCredentialsFile(credential, undefined).catch((error: unknown) => error)

  expect(failure).toMatchObject({ code: 'USAGE' })
  expect(String(failure)).not.toContain('hunter2')
})

test('a password is written to no disk', async () => {
  await using folder = await temporaryFolder()

  await expect(openCredentialsFile(of('x'), undefined, [folder.path, '/nowhere'])).rejects.toMatchObject({
    code: 'DESTINATION_FAILED',
    message: expect.stringContaining('RAM disk') as string,
  })
})
