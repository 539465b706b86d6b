import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keepassDatabase } from '../../src/bundle/export/keepass.ts'
import { totpCode } from '../../src/bundle/totp.ts'
import { Secret } from '../../src/core/secret.ts'
import { encodeCredential, encodeCredentialWhole } from '../../src/ports/credential-json.ts'
import { keepassReader } from '../../src/sources/keepass/read-keepass.ts'
import { aCredential } from '../support/glass.ts'
import { programMissing } from '../support/programs.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const password = 'pass wörd "quoted" \\ & !'

describe.skipIf(programMissing('keepassxc-cli'))('a database that keepassxc-cli made', () => {
  test('is read with its groups, former passwords and attachments', async () => {
    await using folder = await temporaryFolder()
    const database = join(folder.path, 'a.kdbx')
    const content = randomBytes(200_000)
    await writeFile(join(folder.path, 'key.bin'), content)
    keepassxc(['db-create', '-q', '-p', database], password, password)
    keepassxc(['mkdir', '-q', database, 'Servers'], password)
    const entry = ['-q', '-u', 'root', '--url', 'ssh://a.example', '-p', database, 'Servers/gateway']
    keepassxc(['add', ...entry], password, 'first <secret>')
    keepassxc(['edit', '-q', '-p', database, 'Servers/gateway'], password, 'second secret')
    keepassxc(
      ['attachment-import', '-q', database, 'Servers/gateway', 'key.bin', join(folder.path, 'key.bin')],
      password,
    )

    const rows = await Array.fromAsync(keepassReader(new Secret(password))(createReadStream(database)))

    const records = rows.flatMap((row) => (row.kind === 'record' ? [encodeCredentialWhole(row.record)] : []))
    expect(await Promise.all(records)).toMatchObject([
      {
        title: 'gateway',
        user: 'root',
        secret: 'second secret',
        url: 'ssh://a.example',
        folder: 'Servers',
        attachments: [{ name: 'key.bin', content: content.toString('base64') }],
        history: [{ secret: 'first <secret>' }],
      },
    ])
  })

  test('is the same to keepassxc-cli as our sample of KDBX 4 is to us', () => {
    const sample = new URL('../vectors/imports/keepass.kdbx', import.meta.url).pathname

    const xml = keepassxc(['export', '-q', sample], 'correct horse')

    for (const secret of ['FAKEKPCURRENTAAA', 'FAKEKPFIRSTAAAAA', 'FAKEKPTOTPAAAAAA'])
      expect(xml).toContain(secret)
  })

  test('is what credentials are exported to: folders, former values, attachments and TOTP', async () => {
    await using folder = await temporaryFolder()
    const database = join(folder.path, 'out.kdbx')
    const records = [
      aCredential('1'),
      aCredential('2', { folder: undefined, totp: undefined, attachments: [], history: [] }),
      aCredential('3', { kind: 'note', title: 'Door', secret: new Secret('code: 4711'), notes: undefined }),
    ]
    await writeFile(database, await keepassDatabase(records, 'Break glass', new Secret(password)))

    const listed = keepassxc(['ls', '-q', '-R', '-f', database], password)
    const shown = keepassxc(
      ['show', '-q', '-s', '-a', 'Password', database, '/network/core/Router 1'],
      password,
    )
    const code = keepassxc(['show', '-q', '-t', database, '/network/core/Router 1'], password).trim()
    const taken = join(folder.path, 'taken')
    keepassxc(['attachment-export', '-q', database, '/network/core/Router 1', 'CON.txt', taken], password)
    const xml = keepassxc(['export', '-q', database], password)

    expect(listed.split('\n')).toEqual(
      expect.arrayContaining(['network/core/Router 1', 'network/core/Door', 'Router 2']),
    )
    expect(shown.trimEnd()).toBe(records[0]?.secret?.reveal())
    const now = Date.now()
    const codes = [0, 30_000].map((ago) => totpCode(new Secret('JBSWY3DPEHPK3PXP'), new Date(now - ago)).code)
    expect(codes).toContain(code)
    expect(await readFile(taken)).toEqual(Buffer.alloc(70_000, 7))
    for (const text of ['former', 'hidden value', 'code: 4711', 'line one\nline two', 'prod']) {
      expect(xml).toContain(text)
    }
    const rows = await Array.fromAsync(keepassReader(new Secret(password))(createReadStream(database)))
    const [first] = rows
      .flatMap((row) => (row.kind === 'record' ? [encodeCredential(row.record)] : []))
      .filter(({ title }) => title === 'Router 1')
    expect(first).toMatchObject({ history: [{ secret: 'former', until: '2026-02-01T00:00:00.000Z' }] })
  })
})

/** It asks for passwords on its standard input, one a line. */
function keepassxc(words: string[], ...answers: string[]): string {
  const input = answers.map((answer) => `${answer}\n`).join('')
  return execFileSync('keepassxc-cli', words, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] })
}
