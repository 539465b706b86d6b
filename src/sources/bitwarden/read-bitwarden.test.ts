import { createReadStream } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { encodeCredential } from '../../ports/credential-json.ts'
import { readBitwarden } from './read-bitwarden.ts'

const samplePath = new URL('../../../test/vectors/imports/bitwarden.json', import.meta.url)

describe('the Bitwarden reader', () => {
  test('reads logins, notes, cards, identities and SSH keys of an export', async () => {
    const rows = await Array.fromAsync(readBitwarden(createReadStream(samplePath)))

    const records = rows.flatMap((row) => (row.kind === 'record' ? [encodeCredential(row.record)] : []))
    expect(records).toMatchObject([
      {
        id: 'a0000000-0000-4000-8000-000000000001',
        title: 'Gateway',
        kind: 'password',
        user: 'admin',
        secret: 'FAKECURRENT2AAAA',
        url: 'https://gateway.example',
        folder: 'Servers/Lisbon',
        notes: 'Second line\nof FAKENOTES222AAAA',
        totp: 'otpauth://totp/gateway?secret=FAKETOTP2222AAAA',
        fields: [
          { name: 'PIN', value: 'FAKEPIN22222AAAA', hidden: true },
          { name: 'room', value: 'B12', hidden: false },
          { name: 'url 2', value: 'https://gateway.backup.example', hidden: false },
        ],
        history: [
          { secret: 'FAKEFORMER22AAAA', until: '2024-02-03T04:05:06.789Z' },
          { secret: 'FAKEOLDEST22AAAA', until: '2023-02-03T04:05:06.789Z' },
        ],
        createdAt: '2022-01-01T00:00:00.000Z',
        changedAt: '2024-02-03T04:05:06.789Z',
      },
      { title: 'Envelope', kind: 'note', secret: 'The envelope says FAKEENVELOPEAAAA' },
      {
        title: 'Company card',
        fields: [
          { name: 'cardholderName', hidden: false },
          { name: 'brand' },
          { name: 'number', value: 'FAKECARD2222AAAA', hidden: true },
          { name: 'expMonth' },
          { name: 'expYear' },
          { name: 'code', hidden: true },
        ],
      },
      { title: 'Alma', fields: [{ name: 'firstName' }, { name: 'lastName' }, { name: 'ssn', hidden: true }] },
      {
        title: 'Deploy key',
        kind: 'ssh-key',
        secret: expect.stringContaining('FAKEPRIVATE2AAAA') as string,
        fields: [{ name: 'publicKey' }, { name: 'keyFingerprint' }],
      },
    ])
  })

  test('tells of an item it cannot read, without its values', async () => {
    const rows = await Array.fromAsync(readBitwarden(createReadStream(samplePath)))

    expect(rows.at(-1)).toEqual({ kind: 'bad', line: 6, reason: expect.stringMatching(/^type: /) as string })
    expect(JSON.stringify(rows.at(-1))).not.toContain('FAKE')
  })

  test.each([
    ['an encrypted export', '{"encrypted":true,"passwordProtected":true,"data":"2.x"}', /encrypted/],
    ['something else', '{"items":5}', /not a JSON export/],
    ['what is no JSON', 'hunter2', /not JSON/],
  ])('refuses %s', async (_, text, message) => {
    const reading = Array.fromAsync(readBitwarden(once(text)))

    await expect(reading).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
    await expect(reading).rejects.toThrow(message)
  })
})

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
