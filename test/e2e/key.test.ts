import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('key show prints the same lines for a server each time, and never the private key', async () => {
  await using folder = await temporaryFolder()
  const home = join(folder.path, 'home')
  const redoma = redomaAt(home)
  await redoma.run(['init', '--name', 'pam-1'])

  const shown = await redoma.run(['key', 'show', '--folder', '/backup/pam-1'])
  const again = await redoma.run(['key', 'show', '--folder', '/backup/pam-1', '--json'])

  const { publicKey, fingerprint, authorizedKeys } = JSON.parse(again.stdout) as Record<string, string> & {
    authorizedKeys: { full: string; writeOnly: string }
  }
  expect(publicKey).toMatch(/^ssh-ed25519 AAAA\S+$/)
  expect(authorizedKeys.full).toBe(
    `restrict,command="/usr/bin/rrsync -munge -no-lock /backup/pam-1" ${publicKey} redoma-pam-1`,
  )
  for (const text of [fingerprint, authorizedKeys.full, authorizedKeys.writeOnly]) {
    expect(shown.stdout).toContain(text)
  }
  const [, secret = 'none'] = (await readFile(join(home, 'ssh/id_ed25519'), 'utf8')).split('\n')
  expect(redoma.printed()).not.toContain(secret)
})

test('key show refuses a folder that a line for a server cannot have, and makes no key for it', async () => {
  await using folder = await temporaryFolder()
  const redoma = redomaAt(folder.path)
  await redoma.run(['init', '--name', 'pam-1'])

  const refused = await redoma.run(['key', 'show', '--folder', '/srv/two words'])

  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('cannot stand in authorized_keys')
  await expect(readFile(join(folder.path, 'ssh/id_ed25519'))).rejects.toThrow('ENOENT')
})
