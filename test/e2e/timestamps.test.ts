import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
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
}, 120_000)
