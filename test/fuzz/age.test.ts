import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { collectBytes } from '../../src/core/bytes.ts'
import { isRedomaError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { type AgeKey, decryptAge } from '../../src/crypto/age/decrypt.ts'
import { beginAgeEncryption, encryptWithPassphrase } from '../../src/crypto/age/encrypt.ts'
import { readIdentities } from '../../src/crypto/age/identity-file.ts'
import { openRandomAccess } from '../../src/crypto/age/random-access.ts'
import { generateIdentity } from '../../src/crypto/age/recipients.ts'
import { loadPrimitives } from '../../src/crypto/native.ts'

const primitives = loadPrimitives()
const numRuns = process.env['SLOW'] === undefined ? 300 : 20_000
const passphrase = new Secret('password')
const classic = await generateIdentity('classic')
const pq = await generateIdentity('pq')
const plaintext = Uint8Array.from({ length: 70_000 }, (_, index) => index)

interface Sample {
  readonly file: Uint8Array
  readonly key: AgeKey
}

const samples: readonly Sample[] = [
  { file: await encryptTo(classic.recipient), key: { kind: 'identities', identities: [classic.identity] } },
  { file: await encryptTo(pq.recipient), key: { kind: 'identities', identities: [pq.identity] } },
  // A work factor of two digits could become one of twenty: one digit keeps the search in bounds.
  { file: await encryptWithPassphrase(plaintext, passphrase, 9), key: { kind: 'passphrase', passphrase } },
]

/** One thing that happens to bytes: some are changed, taken out, put in, or said twice. Most of it in the header. */
const anyMutation = fc.record({
  at: fc.oneof(fc.nat(300), fc.nat(2000), fc.nat(80_000)),
  removed: fc.oneof(fc.constant(0), fc.constant(1), fc.nat(100), fc.nat(80_000)),
  inserted: fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc
      .constantFrom('\n', ' ', '-> ', '--- ', '\r\n', '-> X25519 ', '-> scrypt ')
      .map((text) => Buffer.from(text)),
  ),
  repeated: fc.oneof({ arbitrary: fc.constant(0), weight: 9 }, { arbitrary: fc.nat(3000), weight: 1 }),
})
type Mutation = typeof anyMutation extends fc.Arbitrary<infer T> ? T : never

describe('any mutation of an age file', () => {
  const anySample = fc.constantFrom(...samples)
  const mutations = fc.array(anyMutation, { minLength: 1, maxLength: 3 })

  property.prop([anySample, mutations], { numRuns })(
    'is refused with an error of ours, in bounded time',
    async ({ file, key }, changes) => {
      const mutated = changes.reduce<Uint8Array>(mutate, file)
      if (Buffer.compare(mutated, file) === 0) return
      const started = performance.now()

      const errors = await Promise.all([
        failureOf(async () => collectBytes(decryptAge(streamOf(mutated), key, primitives), 1e7)),
        failureOf(async () => openAndReadAll(mutated, key)),
      ])

      for (const error of errors) expect(isRedomaError(error), String(error)).toBe(true)
      expect(performance.now() - started).toBeLessThan(5000)
    },
  )

  property.prop([mutations], { numRuns })('as an identity file is refused, or read', async (changes) => {
    const file = Buffer.from(`# created: today\n${classic.identity.reveal()}\n`)

    const error = await failureOf(() =>
      readIdentities(changes.reduce<Uint8Array>(mutate, file), async () => passphrase),
    )

    expect(error === undefined || isRedomaError(error), String(error)).toBe(true)
    expect(String(error)).not.toContain(classic.identity.reveal().slice(20, 40))
  })
})

describe('a file made to do harm', () => {
  test.each([
    ['a header without end', Buffer.concat([Buffer.from('age-encryption.org/v1\n'), Buffer.alloc(1e6, 'A')])],
    [
      'a line of stanzas without end',
      Buffer.from(`age-encryption.org/v1\n${'-> X25519 a\n\n'.repeat(50_000)}`),
    ],
    [
      'as many stanzas as fit',
      Buffer.from(`age-encryption.org/v1\n${manyStanzas(2500)}--- ${'A'.repeat(43)}\n${'x'.repeat(32)}`),
    ],
    ['a passphrase of 2^40 rounds', scryptFile('40')],
    ['a passphrase of 2^999999999 rounds', scryptFile('999999999')],
  ])('with %s is refused soon', async (_, file) => {
    const started = performance.now()

    const errors = await Promise.all(
      samples.map(({ key }) =>
        failureOf(() => collectBytes(decryptAge(streamOf(file), key, primitives), 1e7)),
      ),
    )

    expect(errors.every((error) => isRedomaError(error))).toBe(true)
    expect(performance.now() - started).toBeLessThan(15_000)
  })

  test('that never ends is read no further than the longest header', async () => {
    let givenBytes = 0
    async function* endless() {
      yield Buffer.from('age-encryption.org/v1\n')
      for (;;) {
        givenBytes += 1000
        yield Buffer.alloc(1000, 'A')
      }
    }
    const key: AgeKey = { kind: 'passphrase', passphrase }

    const error = await failureOf(() => collectBytes(decryptAge(endless(), key, primitives), 1e7))

    expect(isRedomaError(error, 'LIMIT_EXCEEDED')).toBe(true)
    expect(givenBytes).toBeLessThan(300_000)
  })
})

async function encryptTo(recipient: string): Promise<Uint8Array> {
  const encryption = await beginAgeEncryption([recipient], primitives)
  return collectBytes(encryption.ciphertext(streamOf(plaintext)), 1e7)
}

async function* streamOf(bytes: Uint8Array) {
  for (let start = 0; start < bytes.length; start += 10_000) yield bytes.subarray(start, start + 10_000)
}

async function openAndReadAll(file: Uint8Array, key: AgeKey): Promise<void> {
  const source = { size: file.length, read: async (start: number, end: number) => file.subarray(start, end) }
  using reader = await openRandomAccess(source, key, primitives)
  await reader.read(0, reader.size)
}

async function failureOf(action: () => Promise<unknown>): Promise<unknown> {
  try {
    await action()
    return undefined
  } catch (error) {
    return error
  }
}

function mutate(bytes: Uint8Array, { at, removed, inserted, repeated }: Mutation): Uint8Array {
  const place = at % (bytes.length + 1)
  const around = bytes.subarray(Math.max(0, place - repeated), place)
  return Buffer.concat([bytes.subarray(0, place), around, inserted, bytes.subarray(place + removed)])
}

function manyStanzas(count: number): string {
  const share = Buffer.alloc(32, 9).toString('base64').replace('=', '')
  return `-> X25519 ${share}\n${share}\n`.repeat(count)
}

function scryptFile(logN: string): Buffer {
  const stanza = `-> scrypt ${'A'.repeat(22)} ${logN}\n${'A'.repeat(43)}\n`
  return Buffer.from(`age-encryption.org/v1\n${stanza}--- ${'A'.repeat(43)}\n${'x'.repeat(32)}`)
}
