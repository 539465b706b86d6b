import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../core/canonical-json.ts'
import { Secret } from '../../core/secret.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import { attachmentOfBytes, encodeCredential } from '../../ports/credential-json.ts'
import { canonicalCredential } from './canonical-credential.ts'
import { keepRecords } from './kept-records.ts'

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
          expect(record.attachments).toBe(expected?.attachments)
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

  test('is gone when the bundle is made', () => {
    const kept = keepRecords()
    const sourced = kept.keep('registry', aRecord)
    const { canonical } = sourced
    expect(canonical).toContain('hunter2')

    kept[Symbol.dispose]()

    expect(sourced.canonical).toBe('\0'.repeat(canonical?.length ?? 0))
  })

  test('stands in secrets.json as canonical JSON', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(canonicalCredential(record)).toBe(canonicalJson(encodeCredential(record)))
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

/** Secrets are equal to each other, whatever they hold. */
function inTheClear(record: CredentialRecord): string {
  return JSON.stringify({ ...encodeCredential(record), secret: record.secret?.reveal() ?? null })
}
