import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { collectBytes } from '../../core/bytes.ts'
import { loadPrimitives } from '../native.ts'
import { beginAgeEncryption } from './encrypt.ts'
import type { AgeKey } from './header.ts'
import { openRandomAccess, type RandomAccessFile } from './random-access.ts'
import { generateIdentity } from './recipients.ts'

const primitives = loadPrimitives()
const numRuns = process.env['SLOW'] === undefined ? 30 : 1000
const pattern = Uint8Array.from({ length: 300_000 }, (_, index) => index ^ (index >> 8))
const { recipient, identity } = await generateIdentity('classic')
const key: AgeKey = { kind: 'identities', identities: [identity] }

async function encrypted(plaintext: Uint8Array): Promise<Uint8Array> {
  const encryption = await beginAgeEncryption([recipient], primitives)
  async function* source() {
    yield plaintext
  }
  return collectBytes(encryption.ciphertext(source()), 1e7)
}

function fileOf(bytes: Uint8Array): RandomAccessFile {
  return { size: bytes.length, read: async (start, end) => bytes.subarray(start, end) }
}

describe('reading an age file from anywhere', () => {
  const anyLength = fc.oneof(fc.constantFrom(0, 1, 65_535, 65_536, 65_537, 131_072), fc.nat(300_000))

  property.prop([anyLength, fc.nat(310_000), fc.nat(310_000)], { numRuns })(
    'gives the same bytes as reading all of it',
    async (length, start, end) => {
      const plaintext = pattern.subarray(0, length)
      using reader = await openRandomAccess(fileOf(await encrypted(plaintext)), key, primitives)

      expect(reader.size).toBe(length)
      expect(
        Buffer.compare(await reader.read(start, end), plaintext.subarray(start, Math.max(start, end))),
      ).toBe(0)
    },
  )

  property.prop([anyLength, fc.nat()], { numRuns })('refuses a file cut off anywhere', async (length, at) => {
    const file = await encrypted(pattern.subarray(0, length))

    const opening = openRandomAccess(fileOf(file.subarray(0, at % file.length)), key, primitives)

    await expect(opening).rejects.toMatchObject({ code: 'DATA_DAMAGED' })
  })

  test('refuses a chunk that was altered, and only that', async () => {
    const file = await encrypted(pattern)
    file[70_000] = (file[70_000] ?? 0) ^ 1
    using reader = await openRandomAccess(fileOf(file), key, primitives)

    await expect(reader.read(65_536, 65_537)).rejects.toMatchObject({ code: 'DATA_DAMAGED' })
    expect(await reader.read(0, 3)).toEqual(pattern.subarray(0, 3))
    expect(await reader.read(299_999, 400_000)).toEqual(pattern.subarray(299_999))
  })

  test('reads the header, the last chunk, and then no more than it is asked for', async () => {
    const bytes = await encrypted(pattern)
    const reads: number[] = []
    const file: RandomAccessFile = {
      size: bytes.length,
      read: async (start, end) => {
        reads.push(end - start)
        return bytes.subarray(start, end)
      },
    }

    using reader = await openRandomAccess(file, key, primitives)
    await reader.read(100, 200)

    expect(reads).toEqual([4096, (pattern.length % 65_536) + 16, 65_552])
  })

  test('refuses what gives fewer bytes than it says it has', async () => {
    const bytes = await encrypted(pattern)

    const opening = openRandomAccess({ ...fileOf(bytes), size: bytes.length + 1 }, key, primitives)

    await expect(opening).rejects.toMatchObject({ code: 'DATA_DAMAGED' })
  })
})
