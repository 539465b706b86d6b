import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBundle } from '../../src/bundle/open-bundle.ts'
import { isRedomaError } from '../../src/core/errors.ts'
import { type AgeKey, openHeader } from '../../src/crypto/age/header.ts'
import { findHeaderEnd } from '../../src/crypto/age/header-end.ts'
import { payloadNonceBytes } from '../../src/crypto/age/payload-key.ts'
import { openRandomAccess } from '../../src/crypto/age/random-access.ts'
import { loadPrimitives } from '../../src/crypto/native.ts'
import { writeBundleFiles } from '../support/opener/bundle-files.ts'
import { sampleRecords } from '../support/opener/sample-records.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const primitives = loadPrimitives()
const isSlow = process.env['SLOW'] !== undefined
const signal = new AbortController().signal

/** How people may be told: damaged, of no kind that is known, or made for another key. */
const refusals = ['DATA_DAMAGED', 'FORMAT_UNKNOWN', 'KEY_WRONG', 'LIMIT_EXCEEDED', 'USAGE']

describe('a small bundle', () => {
  let bytes: Uint8Array
  let payloadStart: number
  let identity: AgeKey
  /** Past the header it opens the same, and a thousand times as fast. */
  let fileKey: AgeKey

  beforeAll(async () => {
    await using folder = await temporaryFolder()
    const files = await writeBundleFiles(folder.path, sampleRecords().slice(0, 3), { scryptLogN: 1 })
    bytes = new Uint8Array(await readFile(files.bundle))
    const header = bytes.subarray(0, findHeaderEnd(bytes))
    payloadStart = header.length + payloadNonceBytes
    identity = { kind: 'identities', identities: [files.pair.identity] }
    fileKey = { kind: 'file-key', fileKey: await openHeader(header, identity) }
  })
  afterAll(() => {
    expect(payloadStart).toBeGreaterThan(150)
    expect(bytes.length).toBeGreaterThan(64 * 1024)
  })

  /** The key as people have it where the header is meant, else that of the file. */
  const keyFor = (at: number): AgeKey => (at < payloadStart ? identity : fileKey)

  /** All places of the header and of what authenticates the end; with `SLOW=1` all of them, else each thirteenth. */
  const places = (): number[] =>
    [...bytes.keys()].filter((at) => isSlow || at < payloadStart || at >= bytes.length - 32 || at % 13 === 0)

  test('opens as it is, by either key', async () => {
    expect(await refusalOf(bytes, identity)).toBeUndefined()
    expect(await refusalOf(bytes, fileKey)).toBeUndefined()
  })

  test('is refused when it is cut off at any byte', async () => {
    for (const length of places()) {
      const refusal = await refusalOf(bytes.subarray(0, length), keyFor(length))
      if (refusal === undefined) throw new Error(`cut off at ${length}, it opens`)
    }
  })

  test('is refused when any bit of it is another', async () => {
    for (const at of places()) {
      const bits = at < payloadStart || isSlow ? [0, 1, 2, 3, 4, 5, 6, 7] : [at % 8]
      for (const bit of bits) {
        const altered = Uint8Array.from(bytes)
        altered[at] = (altered[at] ?? 0) ^ (1 << bit)
        const refusal = await refusalOf(altered, keyFor(at))
        if (refusal === undefined) throw new Error(`with bit ${bit} of byte ${at} another, it opens`)
      }
    }
  })
})

/** The code by which it is refused; nothing where all of it opens and is as its manifest says. Anything but a refusal is thrown on. */
async function refusalOf(file: Uint8Array, key: AgeKey): Promise<string | undefined> {
  try {
    const from = { size: file.length, read: async (start: number, end: number) => file.subarray(start, end) }
    using reader = await openRandomAccess(from, key, primitives)
    const damaged = await (await openBundle(reader)).verify(signal)
    return damaged.length === 0 ? undefined : 'DATA_DAMAGED'
  } catch (error) {
    if (isRedomaError(error) && refusals.includes(error.code)) return error.code
    throw error
  }
}
