import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { alterCatalogue, anInstance, everythingOnDisk } from '../../../test/support/instance.ts'
import { collectBytes } from '../../core/bytes.ts'
import { Secret } from '../../core/secret.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import { attachmentOfBytes, encodeCredential } from '../../ports/credential-json.ts'
import { chunkBytes } from './attachments.ts'

const day = (number: number) => new Date(Date.UTC(2026, 0, number))

describe('the credential store', () => {
  test('gives a record back as it was put, attachments too', async () => {
    await using instance = await anInstance()
    const { credentials } = instance.catalogue
    const content = randomBytes(chunkBytes * 2 + 5)
    const record = aCredential({
      ...everyField,
      attachments: [
        attachmentOfBytes('large', content),
        attachmentOfBytes('even', content.subarray(0, chunkBytes)),
        attachmentOfBytes('empty', new Uint8Array(0)),
      ],
    })

    expect(await credentials.put(record)).toBe('added')

    const again = await credentials.get('a')
    expect(encodeCredential(again)).toEqual(encodeCredential(record))
    const contents = await Promise.all(
      again.attachments.map((attachment) => collectBytes(attachment.open(), 2 ** 20)),
    )
    expect(contents.map((bytes) => Buffer.from(bytes))).toEqual([
      content,
      content.subarray(0, chunkBytes),
      Buffer.alloc(0),
    ])
  })

  test('writes no secret to the disk in the clear', async () => {
    await using instance = await anInstance()
    const attachments = [attachmentOfBytes('a', Buffer.from('hunter2 attached'))]

    await instance.catalogue.credentials.put(aCredential({ ...everyField, attachments }))

    const onDisk = await everythingOnDisk(instance.home)
    expect(onDisk).toContain('core router')
    expect(onDisk).not.toContain('hunter2')
    expect(onDisk).not.toContain(attachments[0]?.sha256)
  })

  test('changes nothing when the same record is put again', async () => {
    await using instance = await anInstance()
    const { credentials } = instance.catalogue
    const record = aCredential({ ...everyField, changedAt: undefined })
    await credentials.put(record)
    const before = encodeCredential(await credentials.get('a'))
    instance.clock.advance(1000)

    expect(await credentials.put(record)).toBe('unchanged')

    expect(encodeCredential(await credentials.get('a'))).toEqual(before)
  })

  test('moves a secret that gives way to the history', async () => {
    await using instance = await anInstance()
    const { credentials } = instance.catalogue
    await credentials.put(aCredential({ secret: new Secret('first') }))
    const firstChange = instance.clock.now()
    await credentials.put(aCredential({ secret: new Secret('second') }))
    instance.clock.advance(60_000)

    expect(await credentials.put(aCredential({ secret: undefined }))).toBe('changed')

    const { secret, history, changedAt } = await credentials.get('a')
    expect(secret).toBeUndefined()
    expect(changedAt).toEqual(instance.clock.now())
    expect(history.map((former) => ({ ...former, secret: former.secret.reveal() }))).toEqual([
      { secret: 'second', since: firstChange, until: instance.clock.now() },
      { secret: 'first', since: undefined, until: firstChange },
    ])
  })

  test('takes over the history that the other program tells, each value once', async () => {
    await using instance = await anInstance()
    const { credentials } = instance.catalogue
    const told = [former('first', 20), former('zeroth', 10)]
    await credentials.put(aCredential({ secret: new Secret('first'), history: [former('zeroth', 11)] }))

    await credentials.put(aCredential({ secret: new Secret('second'), history: told }))
    const again = await credentials.put(aCredential({ secret: new Secret('second'), history: told }))

    expect(again).toBe('unchanged')
    const { history } = await credentials.get('a')
    expect(history.map(({ secret, until }) => [secret.reveal(), until])).toEqual([
      ['first', day(20)],
      ['zeroth', day(11)],
    ])
  })

  test('keeps a value twice that was used twice', async () => {
    await using instance = await anInstance()
    const { credentials } = instance.catalogue
    const history = [former('x', 20), former('x', 10)]
    await credentials.put(aCredential({ history }))

    await credentials.put(aCredential({ history }))

    expect((await credentials.get('a')).history).toHaveLength(2)
  })

  test('keeps attachments that stay, and takes those away that are gone', async () => {
    await using instance = await anInstance()
    const { credentials } = instance.catalogue
    const [one, two, three] = ['1', '2', '3'].map((name) => attachmentOfBytes(name, Buffer.from(name)))
    await credentials.put(aCredential({ attachments: [one, two].filter((item) => item !== undefined) }))
    const known = await credentials.get('a')

    const kept = known.attachments.filter(({ name }) => name === '2')
    await credentials.put({
      ...known,
      attachments: [...[three].filter((item) => item !== undefined), ...kept],
    })

    const { attachments } = await credentials.get('a')
    expect(attachments.map(({ name }) => name)).toEqual(['3', '2'])
    expect(Buffer.from(await collectBytes(attachments[1]?.open() ?? empty(), 10)).toString()).toBe('2')
  })

  test('takes an attachment over from another credential', async () => {
    await using instance = await anInstance()
    const { credentials } = instance.catalogue
    await credentials.put(aCredential({ attachments: [attachmentOfBytes('x', Buffer.from('content'))] }))
    const { attachments } = await credentials.get('a')

    await credentials.put(aCredential({ id: 'b', attachments }))

    expect((await credentials.get('b')).attachments[0]).toMatchObject({ name: 'x', size: 7 })
  })

  test('refuses an attachment that is not what it says, and adds nothing of its record', async () => {
    await using instance = await anInstance()
    const { credentials } = instance.catalogue
    const wrong = { ...attachmentOfBytes('x', Buffer.from('content')), sha256: 'a'.repeat(64) }

    await expect(credentials.put(aCredential({ attachments: [wrong] }))).rejects.toMatchObject({
      code: 'DATA_DAMAGED',
    })

    expect(await credentials.list()).toEqual([])
  })

  test.each([
    ['secrets of two credentials', swap('credential', 'sealed_secret', 'id', 'a', 'b')],
    ['secret and notes', "update credential set sealed_secret = sealed_notes where id = 'a'"],
    [
      'two former values',
      `update former_secret set position = position + 10; update former_secret set position = 11 - position`,
    ],
    [
      'the fields of two credentials',
      "update credential_field set credential_id = 'b' where credential_id = 'a'",
    ],
  ])('refuses ciphertexts that were swapped: %s', async (_, sql) => {
    await using instance = await anInstance()
    const { credentials } = instance.catalogue
    const history = [former('one', 2), former('two', 1)]
    await credentials.put(aCredential({ ...everyField, history }))
    await credentials.put(aCredential({ ...everyField, id: 'b', fields: [], history }))

    alterCatalogue(instance.home, sql)

    const reading = Promise.all([credentials.get('a'), credentials.get('b')])
    await expect(reading).rejects.toMatchObject({ code: 'INSTANCE_KEY_WRONG' })
  })

  test.each([
    [
      'swapped',
      'update attachment_chunk set position = 9 where position = 0; update attachment_chunk set position = 1 - position where position < 2; update attachment_chunk set position = 1 where position = 9',
    ],
    ['cut off at the end', `update attachment set size = ${chunkBytes}`],
    ['missing', 'delete from attachment_chunk where position = 1'],
  ])('refuses an attachment with chunks %s', async (_, sql) => {
    await using instance = await anInstance()
    const { credentials } = instance.catalogue
    const attachments = [attachmentOfBytes('x', randomBytes(chunkBytes * 2))]
    await credentials.put(aCredential({ attachments }))

    alterCatalogue(instance.home, sql)

    const { attachments: stored } = await credentials.get('a')
    const reading = collectBytes(stored[0]?.open() ?? empty(), 2 ** 20)
    await expect(reading).rejects.toMatchObject({
      code: expect.stringMatching(/KEY_WRONG|DAMAGED/) as string,
    })
  })

  test('lists in the order of folder and title, and finds by id or title', async () => {
    await using instance = await anInstance()
    const { credentials } = instance.catalogue
    await credentials.put(aCredential({ id: '1', title: 'Zulu' }))
    await credentials.put(aCredential({ ...everyField, id: '2', title: 'Alpha', folder: 'F' }))
    await credentials.put(aCredential({ id: '3', title: 'Beta' }))

    const list = await credentials.list()

    expect(list.map(({ id }) => id)).toEqual(['3', '1', '2'])
    expect(list[2]).toMatchObject({ formerSecrets: 1, attachments: 0, hasTotp: true, tags: ['t'] })
    expect(await credentials.find('2')).toEqual(['2'])
    expect(await credentials.find('Beta')).toEqual(['3'])
    expect(await credentials.find('beta')).toEqual([])
  })

  test('removes a credential with all that belongs to it', async () => {
    await using instance = await anInstance()
    const { credentials } = instance.catalogue
    const attachments = [attachmentOfBytes('x', randomBytes(10))]
    await credentials.put(aCredential({ ...everyField, attachments }))

    await credentials.remove('a')

    await expect(credentials.get('a')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(credentials.remove('a')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await credentials.put(aCredential({ id: 'a' }))
    expect(await credentials.get('a')).toMatchObject({ fields: [], attachments: [], history: [] })
  })

  test('does all of what belongs together, or nothing', async () => {
    await using instance = await anInstance()
    const { credentials } = instance.catalogue

    const failing = credentials.atomically(async (inside) => {
      await inside.put(aCredential({}))
      throw new Error('power cut')
    })

    await expect(failing).rejects.toThrow('power cut')
    expect(await credentials.list()).toEqual([])
  })

  test('gives every record once, in the order of ids, over many pages', async () => {
    await using instance = await anInstance()
    const ids = Array.from({ length: 450 }, (_, index) => `id ${String(index).padStart(3, '0')}`)
    await instance.catalogue.credentials.atomically(async (inside) => {
      for (const id of ids.toReversed()) await inside.put(aCredential({ id }))
    })

    const records = await Array.fromAsync(instance.catalogue.credentials.records())

    expect(records.map(({ id }) => id)).toEqual(ids)
  })
})

const everyField: Partial<CredentialRecord> = {
  title: 'core router',
  kind: 'ssh-key',
  user: 'root',
  secret: new Secret('hunter2 secret'),
  host: 'router.example',
  port: 22,
  url: 'ssh://router.example',
  database: 'main',
  folder: 'Network/Core',
  owner: 'net team',
  tags: ['t'],
  notes: new Secret('hunter2 notes'),
  totp: new Secret('hunter2 totp'),
  fields: [{ name: 'pin', value: new Secret('hunter2 field'), hidden: true }],
  history: [{ secret: new Secret('hunter2 former'), since: day(1), until: day(2) }],
  createdAt: day(1),
  changedAt: day(3),
}

function aCredential(differences: Partial<CredentialRecord>): CredentialRecord {
  return {
    id: 'a',
    title: 'A',
    kind: 'password',
    tags: [],
    fields: [],
    attachments: [],
    history: [],
    ...differences,
  }
}

function former(secret: string, until: number) {
  return { secret: new Secret(secret), since: undefined, until: day(until) }
}

function swap(table: string, name: string, key: string, a: string, b: string): string {
  const other = `(select ${name} from ${table} as other where other.${key} = '${a}')`
  return `update ${table} set ${name} = ${other} where ${key} = '${b}'`
}

async function* empty(): AsyncGenerator<Uint8Array> {
  // Nothing.
}
