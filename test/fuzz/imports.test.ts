import { readFile } from 'node:fs/promises'
import { fc, test as property } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { isRedomaError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import type { ReadCredentials } from '../../src/ports/credential-reader.ts'
import { readerFor } from '../../src/sources/reader-for.ts'

const runs = process.env['SLOW'] === undefined ? 150 : 5000
const vectors = new URL('../vectors/imports/', import.meta.url)
const fileCodes = ['FORMAT_UNKNOWN', 'DATA_DAMAGED', 'KEY_WRONG', 'LIMIT_EXCEEDED'] as const
const keepass = readerFor({ kind: 'keepass', password: new Secret('correct horse') })

const formats: readonly (readonly [string, ReadCredentials, URL])[] = [
  ['CSV', readerFor({ kind: 'csv', columns: {} }), new URL('keepassxc.csv', vectors)],
  ['Bitwarden', readerFor({ kind: 'bitwarden' }), new URL('bitwarden.json', vectors)],
  ['KDBX 4', keepass, new URL('keepass.kdbx', vectors)],
  ['KDBX 3.1', keepass, new URL('keepass-3.1.kdbx', vectors)],
  [
    'our JSON',
    readerFor({ kind: 'redoma-json' }),
    new URL('../../demo-data/sample-vault.json', import.meta.url),
  ],
]

describe.each(formats)('a damaged file of %s', (_, read, url) => {
  property.prop([mutations()], { numRuns: runs, interruptAfterTimeLimit: 60_000 })(
    'is rows or a typed error, soon and in little memory',
    async (changes) => {
      const whole = await readFile(url)
      const memory = process.memoryUsage.rss()
      const begun = performance.now()

      const outcome = await outcomeOf(read, changed(whole.subarray(0, 20_000), changes))

      expect(['rows', ...fileCodes]).toContain(outcome)
      expect(performance.now() - begun).toBeLessThan(20_000)
      expect(process.memoryUsage.rss() - memory).toBeLessThan(700 * 1024 * 1024)
    },
  )
})

async function outcomeOf(read: ReadCredentials, bytes: Uint8Array): Promise<string> {
  try {
    for await (const row of read(inPieces(bytes))) {
      if (row.kind === 'bad') expect(row.reason).not.toMatch(/FAKE/)
    }
    return 'rows'
  } catch (error) {
    const code = fileCodes.find((candidate) => isRedomaError(error, candidate))
    if (code === undefined) throw error
    expect((error as Error).message).not.toMatch(/FAKE/)
    return code
  }
}

interface Mutation {
  readonly at: number
  readonly bytes: Uint8Array
  readonly kind: 'replace' | 'insert' | 'cut'
}

function mutations() {
  const mutation = fc.record<Mutation>({
    at: fc.nat(20_000),
    bytes: fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 8 }), fc.constantFrom(...telling)),
    kind: fc.constantFrom('replace', 'insert', 'cut'),
  })
  return fc.array(mutation, { minLength: 1, maxLength: 4 })
}

/** Bytes that mean something to one of the parsers. */
const telling = ['"', ',', '\n', '{', ']', '[[[[', '\u0000', '1e999', 'null', '\uFEFF', '-1'].map((text) =>
  Buffer.from(text),
)

function changed(bytes: Uint8Array, changes: readonly Mutation[]): Uint8Array {
  return changes.reduce<Uint8Array>((whole, { at, bytes: piece, kind }) => {
    const place = whole.length === 0 ? 0 : at % whole.length
    if (kind === 'cut') return whole.subarray(0, place)
    const rest = whole.subarray(kind === 'insert' ? place : place + piece.length)
    return Buffer.concat([whole.subarray(0, place), piece, rest])
  }, bytes)
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 1000) yield bytes.subarray(start, start + 1000)
}
