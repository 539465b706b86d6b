import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { certifiedProvider, client } from '../support/identity-providers/certified.ts'
import { redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const password = 'nine violet otters hum softly'

test('users are added, invited, changed and removed by commands, and the last administrator stays', async () => {
  await using folder = await temporaryFolder()
  const redoma = redomaAt(join(folder.path, 'home'))
  const run = async (words: string, input?: string) => redoma.run(words.split(' '), input)
  await run('init')
  await run('config https 0.0.0.0:8443 --name vault.example')

  const weak = await run('user add olga --role operator', 'password1234567890\n')
  const added = await run('user add boss --role administrator', `${password}\n`)
  const invited = await run('user invite olga --role operator --json')
  const twice = await run('user invite olga --role operator')
  const odd = await run('user invite Olga --role operator')
  const role = await run('user invite oleg --role root')

  expect([weak, added, invited, twice, odd, role].map(({ code }) => code)).toEqual([1, 0, 0, 1, 2, 2])
  expect(weak.stderr).toContain('could be guessed')
  expect((JSON.parse(invited.stdout) as { invitation: string }).invitation).toMatch(/^rdmi_/)
  for (const words of ['user role boss auditor', 'user disable boss', 'user remove boss --yes']) {
    const refused = await run(words)
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('last administrator')])
  }
  expect((await run('user role olga auditor')).code).toBe(0)
  expect((await run('user sign-out olga')).code).toBe(0)
  expect((await run('user disable olga')).code).toBe(0)
  expect(JSON.parse((await run('user list --json')).stdout)).toMatchObject([
    { name: 'boss', role: 'administrator', hasPassword: true },
    { name: 'olga', role: 'auditor', isDisabled: true, hasPassword: false },
  ])
  expect((await run('user reset boss --yes')).stdout).toMatch(
    /^https:\/\/vault\.example:8443\/invitation#rdmi_\S+\n$/,
  )
  expect((await run('user remove olga --yes')).code).toBe(0)

  const { stdout: trail } = await run('audit list --json')
  const actions = (JSON.parse(trail) as { action: string }[]).map(({ action }) => action)
  expect(actions.toReversed()).toEqual(
    ['add', 'invite', 'role', 'end-sessions', 'disable', 'reset', 'remove'].map((action) => `user.${action}`),
  )
  expect(redoma.printed()).not.toContain(password)
})

test('tokens are made with some of what their user may do, listed without what is secret, and taken back', async () => {
  await using folder = await temporaryFolder()
  const redoma = redomaAt(join(folder.path, 'home'))
  const run = async (words: string, input?: string) => redoma.run(words.split(' '), input)
  await run('init')
  await run('user add olga --role operator', `${password}\n`)

  const made = await run('token create prometheus --user olga --permission list view --days 30')
  const beyond = await run('token create more --user olga --permission delete')
  const listed = await run('token list')
  const revoked = await run('token revoke prometheus --user olga')

  expect(made.stdout).toMatch(/^rdmt_[0-9a-f]{32}_[A-Za-z0-9_-]{43}\n$/)
  expect([beyond.code, beyond.stderr]).toEqual([2, expect.stringContaining('cannot have delete')])
  expect(listed.stdout).toContain('prometheus')
  expect(listed.stdout).not.toContain(made.stdout.trim().slice(-43))
  expect(revoked.code).toBe(0)
  expect((await run('token revoke prometheus --user olga')).code).toBe(1)
})

test('a provider is named by a command that asks it, with a secret that nothing shows, and users are bound to whom it knows', async () => {
  await using folder = await temporaryFolder()
  await using provider = await certifiedProvider(folder.path)
  const redoma = redomaAt(join(folder.path, 'home'))
  const run = async (words: string, input?: string) => redoma.run(words.split(' '), input)
  await writeFile(join(folder.path, 'ca.pem'), provider.certificates)
  await run('init')
  await run('user add olga --role operator', `${password}\n`)
  const secret = `${client.secret}\n`
  const named = `config openid ${provider.origin} --client-id redoma`

  const early = await run('user openid olga --as olga@corp')
  const untrusted = await run(named, secret)
  const inClear = await run('config openid http://login.example.com --client-id redoma', secret)
  const none = await run('config openid --json')
  const set = await run(`${named} --ca ${join(folder.path, 'ca.pem')}`, secret)
  const shown = await run('config openid --test --json')
  const bound = await run('user openid olga --as olga@corp')
  const both = await run('user openid olga --as a --subject b')
  const listed = await run('user list')
  const off = await run('user openid olga --off --json')
  const gone = await run('config openid --off')

  const codes = [early, untrusted, inClear, none, set, shown, bound, both, listed, off, gone].map(
    ({ code }) => code,
  )
  expect(codes).toEqual([2, 1, 1, 0, 0, 0, 0, 2, 0, 0, 0])
  expect(untrusted.stderr).toMatch(/self.signed certificate/)
  expect(inClear.stderr).toContain('not HTTPS')
  expect([none.stdout, off.stdout]).toEqual(['null\n', 'null\n'])
  expect(JSON.parse(shown.stdout)).toEqual({
    ...{ issuer: provider.origin, clientId: 'redoma', userClaim: 'preferred_username' },
    certificates: provider.certificates,
  })
  expect(bound.stdout).toContain(
    `olga signs in by OpenID as preferred_username "olga@corp" of ${provider.origin}.`,
  )
  expect(listed.stdout).toContain('OpenID awaited')
  expect(gone.stdout).toContain('Nobody signs in by an OpenID provider.')
  const { stdout: trail } = await run('audit list --json')
  const actions = (JSON.parse(trail) as { action: string }[]).map(({ action }) => action)
  expect(actions.toReversed()).toEqual([
    'user.add',
    'openid.set',
    'user.openid',
    'user.openid',
    'openid.remove',
  ])
  expect(redoma.printed()).not.toContain(client.secret)
})
