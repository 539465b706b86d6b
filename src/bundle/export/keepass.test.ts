import kdbxweb from 'kdbxweb'
import { expect, test } from 'vitest'
import { aCredential } from '../../../test/support/glass.ts'
import { Secret } from '../../core/secret.ts'
import { attachmentOfBytes } from '../../ports/credential-json.ts'
import { keepassDatabase } from './keepass.ts'

test('a field is kept under another name where KeePass or another field has that name', async () => {
  const names = ['Password', 'Notes', 'Title', 'URL', 'otp', 'port', 'pin', 'pin', 'pin (2)']
  const fields = names.map((name, at) => ({ name, value: new Secret(`field ${at}`), hidden: true }))
  const attachments = [Buffer.from('one'), Buffer.from('two')].map((bytes) => attachmentOfBytes('key', bytes))
  const record = aCredential('1', { fields, attachments, totp: undefined })

  const file = await keepassDatabase([record], 'test', new Secret('password'))

  const value = kdbxweb.ProtectedValue.fromString('password')
  const database = await kdbxweb.Kdbx.load(Uint8Array.from(file).buffer, new kdbxweb.Credentials(value))
  const [entry] = [...database.getDefaultGroup().allEntries()]
  const kept = new Map(
    [...(entry?.fields ?? [])].map(([name, field]) => [
      name,
      typeof field === 'string' ? field : field.getText(),
    ]),
  )
  expect([...kept.values()].filter((text) => text.startsWith('field ')).toSorted()).toEqual(
    names.map((_, at) => `field ${at}`),
  )
  expect(Object.fromEntries(kept)).toMatchObject({
    Title: record.title,
    Password: record.secret?.reveal(),
    'Password (2)': 'field 0',
    Notes: 'line one\nline two',
    pin: 'field 6',
    'pin (2)': 'field 7',
  })
  expect(kept.has('otp')).toBe(false)
  expect([...(entry?.binaries.keys() ?? [])]).toEqual(['key', 'key (2)'])
})
