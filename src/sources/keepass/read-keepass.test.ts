import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../core/secret.ts'
import { encodeCredentialWhole } from '../../ports/credential-json.ts'
import { keepassReader } from './read-keepass.ts'
import { totpOf } from './totp.ts'

const vectors = new URL('../../../test/vectors/imports/', import.meta.url)
const samplePath = new URL('keepass.kdbx', vectors)
const password = new Secret('correct horse')

describe('the KeePass reader', () => {
  test.each([
    ['KDBX 4', 'keepass.kdbx'],
    ['KDBX 3.1', 'keepass-3.1.kdbx'],
  ])('reads groups, fields, TOTP, attachments, tags and former passwords of %s', async (_, name) => {
    const rows = await Array.fromAsync(keepassReader(password)(createReadStream(new URL(name, vectors))))

    const records = rows.flatMap((row) => (row.kind === 'record' ? [encodeCredentialWhole(row.record)] : []))
    expect(await Promise.all(records)).toMatchObject([
      {
        id: '00000000-0000-0000-0000-000000000010',
        title: 'Envelope',
        kind: 'note',
        secret: 'The envelope says FAKEKPENVELOPEAA',
        fields: [],
      },
      {
        id: '00000000-0000-0000-0000-000000000011',
        title: 'Gateway',
        kind: 'password',
        user: 'admin',
        secret: 'FAKEKPCURRENTAAA <ü>',
        url: 'https://gateway.example',
        folder: 'Servers/a_b',
        tags: ['lisbon', 'prod'],
        notes: 'two\nlines',
        totp: 'otpauth://totp/gateway?secret=FAKEKPTOTPAAAAAA&digits=6&period=30',
        fields: [
          { name: 'PIN', value: 'FAKEKPPINAAAAAAA', hidden: true },
          { name: 'room', value: 'B12', hidden: false },
        ],
        attachments: [{ name: 'key file.txt', content: 'RkFLRUFUVEFDSE1BQUFBCg==' }],
        history: [
          {
            secret: 'FAKEKPSECONDAAAA',
            since: '2023-02-02T00:00:00.000Z',
            until: '2024-03-03T00:00:00.000Z',
          },
          {
            secret: 'FAKEKPFIRSTAAAAA',
            since: '2022-01-01T00:00:00.000Z',
            until: '2023-02-02T00:00:00.000Z',
          },
        ],
        createdAt: '2022-01-01T00:00:00.000Z',
        changedAt: '2024-03-03T00:00:00.000Z',
      },
    ])
  })

  test('says that the password is wrong', async () => {
    await expect(openSample(new Secret('wrong'))).rejects.toMatchObject({ code: 'KEY_WRONG' })
  })

  test('refuses a database that would take gigabytes to open, before it takes them', async () => {
    const greedy = await readFile(samplePath)
    // The item `M` of the dictionary of KDF parameters: type, length of name, name, length of value, value.
    const memory = greedy.indexOf(Buffer.from([0x05, 1, 0, 0, 0, 0x4d, 8, 0, 0, 0])) + 10
    greedy.writeBigUInt64LE(2n ** 40n, memory)

    await expect(openSample(password, greedy)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  test.each([
    ['something else', Buffer.from('PK\x03\x04 not a database'), 'FORMAT_UNKNOWN'],
    ['nothing', Buffer.alloc(0), 'DATA_DAMAGED'],
  ])('refuses %s', async (_, bytes, code) => {
    await expect(openSample(password, bytes)).rejects.toMatchObject({ code })
  })

  test('refuses a database that was cut off', async () => {
    const whole = await readFile(samplePath)

    await expect(openSample(password, whole.subarray(0, -100))).rejects.toMatchObject({
      code: 'DATA_DAMAGED',
    })
  })
})

describe('a TOTP seed', () => {
  test.each([
    [{ 'TimeOtp-Secret-Base32': 'GEZDGNBV' }, 'GEZDGNBV'],
    [{ 'TimeOtp-Secret': '12345' }, 'GEZDGNBV'],
    [{ 'TimeOtp-Secret-Hex': '3132333435' }, 'GEZDGNBV'],
    [{ 'TimeOtp-Secret-Base64': 'MTIzNDU=', 'TimeOtp-Length': '6' }, 'GEZDGNBV'],
    [
      { 'TimeOtp-Secret': '12345', 'TimeOtp-Length': '8', 'TimeOtp-Algorithm': 'HMAC-SHA-256' },
      'otpauth://totp/KeePass?secret=GEZDGNBV&digits=8&algorithm=SHA256',
    ],
    [
      { 'TOTP Seed': 'GEZDGNBV', 'TOTP Settings': '60;6' },
      'otpauth://totp/KeePass?secret=GEZDGNBV&period=60',
    ],
    [{}, undefined],
  ])('is found in %j', (fields, expected) => {
    expect(totpOf((name) => new Map(Object.entries(fields)).get(name) ?? '')).toBe(expected)
  })
})

function openSample(secret: Secret, bytes?: Uint8Array): Promise<unknown> {
  const file = bytes === undefined ? createReadStream(samplePath) : once(bytes)
  return Array.fromAsync(keepassReader(secret)(file))
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
