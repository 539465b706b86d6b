import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { encodeCredentialWhole } from '../../src/ports/credential-json.ts'
import { keepassReader } from '../../src/sources/keepass/read-keepass.ts'
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
})

/** It asks for passwords on its standard input, one a line. */
function keepassxc(words: string[], ...answers: string[]): string {
  const input = answers.map((answer) => `${answer}\n`).join('')
  return execFileSync('keepassxc-cli', words, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] })
}
