import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../core/canonical-json.ts'
import { Secret } from '../../core/secret.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import { attachmentOfBytes, credentialListSchema, encodeCredential } from '../../ports/credential-json.ts'
import { bitwardenJson } from './bitwarden-json.ts'
import { canonicalCredential, plainCredential } from './canonical-credential.ts'
import { keepRecords } from './kept-records.ts'
import { secretsCsv } from './secrets-csv.ts'

const runs = process.env['SLOW'] === '1' ? 5000 : 200

// Lone surrogates, too: a password may be anything that a program wrote.
const text = fc.string({ unit: 'binary', maxLength: 30 })
const secret = text.map((value) => new Secret(value))
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const time = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31T23:59:59Z') })

const anyRecord: fc.Arbitrary<CredentialRecord> = fc.record({
  id: text,
  title: text,
  kind: fc.constantFrom('password', 'note', 'database'),
  user: maybe(text),
  secret: maybe(secret),
  host: maybe(text),
  port: maybe(fc.integer({ min: 1, max: 65_535 })),
  url: maybe(text),
  database: maybe(text),
  folder: maybe(text),
  owner: maybe(text),
  tags: fc.array(text, { maxLength: 3 }),
  notes: maybe(secret),
  totp: maybe(secret),
  fields: fc.array(fc.record({ name: text, value: secret, hidden: fc.boolean() }), { maxLength: 3 }),
  attachments: fc.array(
    fc.tuple(text, fc.uint8Array()).map(([name, content]) => attachmentOfBytes(name, content)),
    { maxLength: 2 },
  ),
  history: fc.array(fc.record({ secret, since: maybe(time), until: time }), { maxLength: 3 }),
  createdAt: maybe(time),
  changedAt: maybe(time),
})

describe('a record that is kept', () => {
  test('is the same whenever it is asked for, its attachments too, however many there are', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 5 }), (records) => {
        using kept = keepRecords()
        const sourced = records.map((record) => kept.keep('registry', record))

        for (const [index, { source, record }] of sourced.entries()) {
          const expected = records[index]
          expect(source).toBe('registry')
          expect(record.attachments).toEqual(expected?.attachments)
          expect(inTheClear(record)).toEqual(expected && inTheClear(expected))
        }
      }),
      { numRuns: runs },
    )
  })

  test('may be longer than what others share', () => {
    using kept = keepRecords()
    const long = { ...aRecord, secret: new Secret('🔑'.repeat(1_000_000)) }
    const all = [aRecord, long, aRecord].map((record) => kept.keep('registry', record))

    expect(all.map(({ record }) => record.secret?.byteLength)).toEqual([7, 4_000_000, 7])
  })

  test.each(['secretsJson', 'secretsCsv', 'bitwardenJson'] as const)(
    'is gone from the memory of %s when the bundle is made',
    async (name) => {
      const kept = keepRecords()
      kept.keep('registry', aRecord)
      const file = kept.files[name]()[Symbol.asyncIterator]()
      await file.next()
      const piece: unknown = (await file.next()).value
      if (!(piece instanceof Uint8Array)) throw new Error('nothing was kept')
      expect(Buffer.from(piece).toString()).toContain('hunter2')

      await file.next()
      kept[Symbol.dispose]()

      expect(Buffer.from(piece.length === 0 ? [] : piece).every((byte) => byte === 0)).toBe(true)
    },
  )

  test('stands in each file after those before it, in as much memory as it takes', async () => {
    using kept = keepRecords()
    const records = Array.from({ length: 3000 }, (_, index) => ({
      ...aRecord,
      id: String(index),
      folder: `folder ${index % 7}`,
      notes: new Secret('“n”'.repeat(index % 200)),
    }))
    for (const record of records) kept.keep('registry', record)

    const [json, csv, bitwarden] = await Promise.all([
      textOf(kept.files.secretsJson()),
      textOf(kept.files.secretsCsv()),
      textOf(kept.files.bitwardenJson()),
    ])

    expect(json).toBe(
      canonicalJson({ schema: credentialListSchema, credentials: records.map(encodeCredential) }),
    )
    expect(csv).toBe(await textOf(secretsCsv(records)))
    expect(bitwarden).toBe(await textOf(bitwardenJson(records)))
    expect(kept.files.counts).toMatchObject({ credentials: 3000, sources: { registry: 3000 } })
  })

  test('of another source than the registry has its name in the bundle, and its own as a record', async () => {
    using kept = keepRecords()

    const { record } = kept.keep('vault', aRecord)

    expect(record.id).toBe('1')
    expect(await textOf(kept.files.secretsJson())).toContain('"id":"vault/1"')
  })

  test('stands in secrets.json as canonical JSON', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(canonicalCredential(plainCredential(record))).toBe(canonicalJson(encodeCredential(record)))
      }),
      { numRuns: runs },
    )
  })
})

const aRecord: CredentialRecord = {
  id: '1',
  title: 'router',
  kind: 'password',
  secret: new Secret('hunter2'),
  tags: [],
  fields: [],
  attachments: [],
  history: [],
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(chunks, (chunk) => new Uint8Array(chunk))).toString()
}

/** Secrets are equal to each other, whatever they hold. */
function inTheClear(record: CredentialRecord): string {
  return JSON.stringify({ ...encodeCredential(record), secret: record.secret?.reveal() ?? null })
}
