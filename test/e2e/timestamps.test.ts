import { execFileSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { timestampAuthority } from '../support/timestamp-authority.ts'

test('the head of a ledger is stamped, the stamp lies beside it and is listed, and OpenSSL verifies it', async () => {
  await using folder = await temporaryFolder()
  await using keys = await temporaryFolder()
  await using authority = await timestampAuthority(keys.path)
  const at = (...names: string[]): string => join(folder.path, ...names)
  const redoma = redomaAt(at('home'))
  await writeFile(at('password'), 'seldom-Quartz 71 anvil_harbour')
  await redoma.run(['init', '--name', 'vault-1'])
  await redoma.run(['credential', 'add', 'router', '--no-secret'])
  await redoma.run(['destination', 'add', 'nas', '--local', at('nas')])
  const stamp = ['glass', 'timestamp', 'nas', '--tsa', authority.url, '--tsa-ca', authority.rootPath]
  const early = await redoma.run(stamp)
  expect(early.code).toBe(1)
  expect(early.stderr).toContain('nothing was put')
  await redoma.run(['glass', 'ceremony', '--password-file', at('password'), '--out', at('keys')])
  await redoma.run(['backup', 'create', '--only', 'secrets'])

  const stamped = await redoma.run([...stamp, '--json'])

  expect(stamped.code).toBe(0)
  const { sequence, object, isTrusted } = JSON.parse(stamped.stdout) as {
    sequence: number
    object: string
    isTrusted: boolean
  }
  expect({ object, isTrusted }).toEqual({ object: `ledger.stamp-${sequence}.tsr`, isTrusted: true })
  const lines = (await readFile(at('nas/ledger.jsonl'), 'utf8')).split('\n')
  await writeFile(at('line'), lines[sequence - 1] ?? '')
  const openssl = [
    'ts',
    '-verify',
    '-data',
    at('line'),
    '-in',
    at('nas', object),
    '-CAfile',
    authority.rootPath,
  ]
  expect(execFileSync('openssl', openssl, { encoding: 'utf8', stdio: 'pipe' })).toContain('OK')
  expect(await redoma.run(['glass', 'verify'])).toMatchObject({ code: 0 })

  // An old reply, as whoever listens in could send again: of another line, and with another nonce.
  authority.answer = new Uint8Array(await readFile(at('nas', object)))
  const replayed = await redoma.run(stamp)
  expect(replayed.code).toBe(6)
  expect(replayed.stderr).toMatch(/the time stamp (is of something else|answers another request)/)
  authority.answer = new Uint8Array(await readFile(authority.rootPath))
  expect(await redoma.run(stamp)).toMatchObject({ code: 6 })
  expect(authority.asked()).toBe(3)
})

test('each backup is stamped where the configuration says by whom, and that there is no stamp is a warning of the run', async () => {
  await using folder = await temporaryFolder()
  await using keys = await temporaryFolder()
  await using authority = await timestampAuthority(keys.path)
  const at = (...names: string[]): string => join(folder.path, ...names)
  const redoma = redomaAt(at('home'))
  await writeFile(at('password'), 'seldom-Quartz 71 anvil_harbour')
  await redoma.run(['init', '--name', 'vault-1'])
  await redoma.run(['credential', 'add', 'router', '--no-secret'])
  await redoma.run(['destination', 'add', 'nas', '--local', at('nas')])
  await redoma.run(['glass', 'ceremony', '--password-file', at('password'), '--out', at('keys')])
  const pem = JSON.stringify(await readFile(authority.rootPath, 'utf8'))
  const configured = (url: string, certificates: string) =>
    redoma.run(
      ['config', 'apply', '-'],
      `schema: redoma-config/1\ntimestamps: { authority: "${url}", certificates: ${certificates} }\ndestinations: [{ name: nas, kind: local, path: ${at('nas')} }]`,
    )
  const stamps = async () => (await readdir(at('nas'))).filter((name) => name.startsWith('ledger.stamp-'))
  expect(await configured(authority.url, '"no certificate"')).toMatchObject({ code: 1 })
  expect((await configured(authority.url, pem)).stdout).toContain(`~ ledgers are stamped by ${authority.url}`)
  const exported = (await redoma.run(['config', 'export'])).stdout
  expect((await redoma.run(['config', 'apply', '-'], exported)).stdout).toContain('Nothing is to be changed')
  expect(await redoma.run(['backup', 'create', '--only', 'secrets'])).toMatchObject({ code: 0 })
  expect(await stamps()).toHaveLength(1)
  expect(await redoma.run(['glass', 'verify'])).toMatchObject({ code: 0 })
  expect(await redoma.run(['glass', 'timestamp', 'nas'])).toMatchObject({ code: 0 })
  const asked = authority.asked()
  authority.answer = new Uint8Array([0x30, 0])
  const unstamped = await redoma.run(['backup', 'create', '--only', 'secrets'])
  expect(unstamped).toMatchObject({
    code: 3,
    stdout: expect.stringContaining('has no time stamp of this run') as string,
  })
  expect(authority.asked()).toBe(asked + 1)
  authority.answer = undefined
  expect(
    await redoma.run(
      ['config', 'apply', '-'],
      exported.replace(/timestamps:[^]*?\n(?=destinations:)/, 'timestamps: null\n'),
    ),
  ).toMatchObject({ code: 0 })
})
