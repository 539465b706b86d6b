import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { programMissing } from '../../../test/support/programs.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { isRedomaError } from '../../core/errors.ts'
import { authorizedKeys } from './authorized-keys.ts'
import { fingerprintOf, parseHostKey } from './host-key.ts'
import { ownKeyPath, ownSshKey } from './own-key.ts'

const withoutKeygen = programMissing('ssh-keygen')

test.skipIf(withoutKeygen)(
  'ssh-keygen reads the key, finds the same public key, and the same fingerprint',
  async () => {
    await using home = await temporaryFolder()
    const { path, publicKey } = await ownSshKey(home.path)

    const derived = execFileSync('ssh-keygen', ['-y', '-P', '', '-f', path], { encoding: 'utf8' })
    const fingerprint = execFileSync('ssh-keygen', ['-l', '-f', path], { encoding: 'utf8' })

    expect(derived.trim()).toBe(`${publicKey} redoma`)
    expect(fingerprint.split(' ')[1]).toBe(fingerprintOf(publicKey))
  },
)

test('the key is made once, for its owner alone, and leaves nothing beside it', async () => {
  await using home = await temporaryFolder()
  const keys = await Promise.all(Array.from({ length: 8 }, () => ownSshKey(home.path)))

  expect(new Set(keys.map((key) => key.publicKey)).size).toBe(1)
  expect(await readdir(join(home.path, 'ssh'))).toEqual(['id_ed25519'])
  expect((await stat(ownKeyPath(home.path))).mode & 0o777).toBe(0o600)
  expect((await stat(join(home.path, 'ssh'))).mode & 0o777).toBe(0o700)
})

test('a key that others can read is refused, and kept', async () => {
  await using home = await temporaryFolder()
  const { path } = await ownSshKey(home.path)
  const before = await readFile(path)
  await chmod(path, 0o640)

  await expect(ownSshKey(home.path)).rejects.toSatisfy((error) => isRedomaError(error, 'KEY_WRONG'))
  expect(await readFile(path)).toEqual(before)
})

test.skipIf(withoutKeygen).each([
  ['rsa', ['-t', 'rsa', '-b', '2048']],
  ['ecdsa', ['-t', 'ecdsa']],
])('an operator may put a key of type %s there', async (_, words) => {
  await using home = await temporaryFolder()
  await mkdir(join(home.path, 'ssh'))
  const path = ownKeyPath(home.path)
  execFileSync('ssh-keygen', ['-q', '-N', '', ...words, '-C', 'theirs', '-f', path])

  const { publicKey } = await ownSshKey(home.path)

  expect(`${publicKey} theirs`).toBe((await readFile(`${path}.pub`, 'utf8')).trim())
})

test.skipIf(withoutKeygen)(
  'a key that a passphrase protects is refused: nobody is there to type it',
  async () => {
    await using home = await temporaryFolder()
    await mkdir(join(home.path, 'ssh'))
    execFileSync('ssh-keygen', ['-q', '-N', 'a passphrase', '-t', 'ed25519', '-f', ownKeyPath(home.path)])

    await expect(ownSshKey(home.path)).rejects.toSatisfy((error) => isRedomaError(error, 'KEY_WRONG'))
  },
)

test('lines for a server run rrsync and nothing else, and a folder that would need quotes is refused', () => {
  const lines = authorizedKeys('ssh-ed25519 AAAA', '/srv/copies', 'redoma-pam 1')

  expect(lines).toEqual({
    full: 'restrict,command="/usr/bin/rrsync -munge -no-lock /srv/copies" ssh-ed25519 AAAA redoma-pam-1',
    writeOnly:
      'restrict,command="/usr/bin/rrsync -wo -no-del -munge -no-lock /srv/copies" ssh-ed25519 AAAA redoma-pam-1',
  })
  for (const folder of ['', '-x', 'a b', 'a"b', 'a$b', 'a\nb', "a'b", 'a;b']) {
    expect(() => authorizedKeys('ssh-ed25519 AAAA', folder, '')).toThrow()
  }
})

test('a host key is one line of a type and what is of that type', () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG9yb290b2Zub3doZXJlYXRhbGxidXQzMmJ5dGVz'

  expect(parseHostKey(` ${key} root@nas\n`)).toBe(key)
  for (const text of ['', 'ssh-rsa AAAA', key.replace('ssh-ed25519', 'ssh-rsa'), `host ${key}`, `${key}!`]) {
    expect(() => parseHostKey(text)).toThrow()
  }
})
