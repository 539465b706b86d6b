import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { collectBytes } from '../core/bytes.ts'
import { isRedomaError } from '../core/errors.ts'
import { encodeCredential, encodeCredentialWhole, parseCredential } from './credential-json.ts'

const least = { id: 'a', title: 'A', kind: 'password' }
const whole = {
  id: '7d5a3b5e',
  title: 'core router',
  kind: 'ssh-key',
  user: 'root',
  secret: 's3cret',
  host: 'router.example',
  port: 22,
  url: 'ssh://router.example',
  database: 'main',
  folder: 'Network/Core',
  owner: 'net team',
  tags: ['a', 'b'],
  notes: 'two\nlines',
  totp: 'otpauth://totp/x?secret=JBSWY3DPEHPK3PXP',
  fields: [{ name: 'pin', value: '1234', hidden: true }],
  attachments: [{ name: 'key.pub', content: 'aGVsbG8=' }],
  history: [{ secret: 'old', since: '2024-01-01T00:00:00.000Z', until: '2025-01-01T00:00:00.000Z' }],
  createdAt: '2024-01-01T00:00:00.000Z',
  changedAt: '2025-01-01T00:00:00.000Z',
}

describe('the JSON form of a credential', () => {
  test('comes back as it was, with every field there is', async () => {
    const sha256 = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'

    const again = await encodeCredentialWhole(parseCredential(whole))

    expect(again).toEqual({
      ...whole,
      attachments: [{ name: 'key.pub', size: 5, sha256, content: 'aGVsbG8=' }],
    })
    expect(Object.keys(again)).toEqual(Object.keys(whole))
  })

  test('takes null and empty texts for what is absent', () => {
    const record = parseCredential({ ...least, user: null, host: '', secret: '', tags: null })

    expect(record).toMatchObject({ user: undefined, host: undefined, secret: undefined, tags: [] })
    expect(encodeCredential(record)).toEqual({
      ...least,
      tags: [],
      fields: [],
      attachments: [],
      history: [],
    })
  })

  test('opens an attachment that is only listed where it is told how', async () => {
    const listed = { ...least, attachments: [{ name: 'x', size: 1, sha256: 'a'.repeat(64) }] }

    const record = parseCredential(listed, ({ credentialId }) => once(Buffer.from(credentialId)))

    expect(Buffer.from(await collectBytes(record.attachments[0]?.open() ?? once(), 10)).toString()).toBe('a')
    expect(() => parseCredential(listed)).toThrow('attachment "x" has no content')
  })

  test.each([
    ['a field it does not know', { ...least, pasword: 'x' }, /pasword/],
    ['a missing title', { id: 'a', kind: 'password' }, /title/],
    ['a port that is none', { ...least, port: 70_000 }, /port/],
    ['a folder that leaves the tree', { ...least, folder: '/etc' }, /folder/],
    ['a line break in a host', { ...least, host: 'a\nb' }, /host: holds a control character/],
    ['an attachment outside its folder', { ...least, attachments: [{ name: '../x', content: '' }] }, /name/],
    [
      'two attachments of one name',
      {
        ...least,
        attachments: [
          { name: 'x', content: '' },
          { name: 'x', content: '' },
        ],
      },
      /twice/,
    ],
    [
      'content that is not what it says',
      { ...least, attachments: [{ name: 'x', content: 'aGVsbG8=', size: 4 }] },
      /size/,
    ],
    ['a time that is none', { ...least, createdAt: 'yesterday' }, /createdAt/],
  ])('refuses %s', (_, json, message) => {
    expect(() => parseCredential(json)).toThrow(message)
  })

  test('never repeats a value in what it says is wrong', () => {
    const json = { ...least, secret: { hunter2: 'hunter2' }, kind: 'hunter2', port: 'hunter2' }

    expect(() => parseCredential(json)).toThrow(expect.not.stringContaining('hunter2'))
  })

  property.prop([fc.jsonValue()])('meets any JSON with a record or a typed error', (json) => {
    try {
      parseCredential(json)
    } catch (error) {
      expect(isRedomaError(error, 'DATA_DAMAGED')).toBe(true)
    }
  })
})

async function* once(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}
