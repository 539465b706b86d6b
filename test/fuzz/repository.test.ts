import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRedomaError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { loadPrimitives } from '../../src/crypto/native.ts'
import { portablePrimitives } from '../../src/crypto/portable.ts'
import { contentLength, decompressFrame } from '../../src/repository/compression/decompress-frame.ts'
import { decodeConfig, encodeConfig, newConfig } from '../../src/repository/config/config.ts'
import { makeEnvelope } from '../../src/repository/envelope/envelope.ts'
import { randomSealingKey } from '../../src/repository/envelope/sealing-key.ts'
import { type BlobId, type ObjectId } from '../../src/repository/ids.ts'
import { decodeIndex } from '../../src/repository/index/decode-index.ts'
import { encodeIndex } from '../../src/repository/index/encode-index.ts'
import { createKey } from '../../src/repository/keys/create-key.ts'
import { openKey } from '../../src/repository/keys/open-key.ts'
import { appendBlob } from '../../src/repository/packs/append-blob.ts'
import { openBlob } from '../../src/repository/packs/open-blob.ts'
import { makePackBuilder } from '../../src/repository/packs/pack-builder.ts'
import { decodePackHeader, encodePackHeader } from '../../src/repository/packs/pack-header.ts'
import { packHeaderOf, readPackHeader } from '../../src/repository/packs/read-pack-header.ts'
import { makeScratch } from '../../src/repository/packs/scratch.ts'
import { decodeSnapshot } from '../../src/repository/snapshots/decode-snapshot.ts'
import { encodeSnapshot } from '../../src/repository/snapshots/encode-snapshot.ts'
import { decodeTree } from '../../src/repository/trees/decode-tree.ts'
import { encodeTree } from '../../src/repository/trees/encode-tree.ts'
import { bodyOfUnpacked } from '../../src/repository/unpacked/decode-unpacked.ts'
import { encodeUnpacked } from '../../src/repository/unpacked/encode-unpacked.ts'

const numRuns = process.env['SLOW'] === undefined ? 1_500 : 100_000
const primitives = portablePrimitives()
const native = loadPrimitives()
const envelope = makeEnvelope(randomSealingKey(), primitives)
const id = 'ab'.repeat(32) as ObjectId & BlobId
const timeNs = 1_772_000_000_123_456_789n

/** Real bytes of each kind. */
const tree = encodeTree([
  {
    name: Buffer.from('a\n\xff'),
    type: 'file',
    mode: 0o644,
    mtimeNs: timeNs,
    atimeNs: timeNs,
    ctimeNs: timeNs,
    uid: 0,
    gid: 0,
    user: 'root',
    inode: 2n ** 63n,
    size: 5,
    extendedAttributes: [{ name: 'user.x', value: Buffer.from('value') }],
    content: [id, id],
  },
])
const snapshot = encodeSnapshot({
  timeNs,
  tree: id,
  parent: id,
  paths: ['/etc'],
  hostname: 'h',
  tags: ['a'],
  summary: {
    ...{ backupStartNs: timeNs, backupEndNs: timeNs, filesNew: 1, filesChanged: 2, filesUnmodified: 3 },
    ...{ dirsNew: 1, dirsChanged: 2, dirsUnmodified: 3, dataBlobs: 1, treeBlobs: 1 },
    ...{ dataAdded: 1, dataAddedPacked: 1, totalFilesProcessed: 1, totalBytesProcessed: 1 },
  },
})
const blobs = [
  { id, type: 'data' as const, offset: 0, length: 100, uncompressedLength: 200 },
  { id, type: 'tree' as const, offset: 100, length: 50, uncompressedLength: 0 },
]
const index = encodeIndex([{ id, blobs }])
const header = encodePackHeader(blobs)
const pack = aPack()
const compressed = new Uint8Array(primitives.zstdBound(index.length))
const frame = compressed.subarray(0, primitives.zstdCompress(3, index, compressed))
const body = envelope.open(encodeUnpacked(index, envelope, primitives).bytes)
const unused = (): void => undefined

describe('altered bytes are decoded, or refused with a typed error', () => {
  test.each<[string, Uint8Array, (bytes: Uint8Array) => unknown]>([
    ['tree', tree, decodeTree],
    ['snapshot', snapshot, decodeSnapshot],
    [
      'index',
      index,
      (bytes) => {
        decodeIndex(bytes, unused)
      },
    ],
    ['config', encodeConfig(newConfig()), decodeConfig],
    ['pack header', header, decodePackHeader],
    ['envelope', envelope.seal(index), (bytes) => envelope.open(bytes)],
    ['pack', pack, (bytes) => packHeaderOf(bytes, envelope)],
    ['zstd frame', frame, (bytes) => decompressFrame(primitives, bytes, 1_000_000)],
    ['zstd frame, natively', frame, (bytes) => decompressFrame(native, bytes, 1_000_000)],
    ['unpacked file', body, (bytes) => bodyOfUnpacked(bytes, primitives, 2 ** 20)],
  ])('%s', (_kind, bytes, decode) => {
    const start = performance.now()
    fc.assert(
      fc.property(alterations, (alteration) => {
        expectTyped(() => decode(altered(bytes, alteration)))
      }),
      { numRuns },
    )
    expect((performance.now() - start) / numRuns).toBeLessThan(20)
  })

  test('key file', async () => {
    const key = { masterKey: randomSealingKey(), username: '', hostname: '', created: new Date(0) }
    const { bytes } = await createKey(
      { ...key, password: new Secret('x'), cost: { N: 16, r: 1, p: 1 } },
      primitives,
    )
    await fc.assert(
      fc.asyncProperty(alterations, async (alteration) => {
        await openKey(altered(bytes, alteration), new Secret('x'), primitives).catch(requireTyped)
      }),
      { numRuns: numRuns / 5 },
    )
  })

  test('pack, read from its end', async () => {
    await fc.assert(
      fc.asyncProperty(alterations, async (alteration) => {
        const bytes = altered(pack, alteration)
        const read = async (offset: number, length: number): Promise<Uint8Array> =>
          bytes.subarray(offset, offset + length)
        await readPackHeader(read, bytes.length, envelope).catch(requireTyped)
      }),
      { numRuns },
    )
  })
})

describe('a decompression bomb', () => {
  const zeros = new Uint8Array(64 * 1024 * 1024)
  const room = new Uint8Array(primitives.zstdBound(zeros.length))
  const bomb = room.subarray(0, primitives.zstdCompress(3, zeros, room))

  test('that says how long it is is refused before any memory is taken', () => {
    expect(contentLength(bomb)).toBe(BigInt(zeros.length))
    expect(() => decompressFrame(primitives, bomb, 1_000_000)).toThrow(coded('LIMIT_EXCEEDED'))
  })

  test('that does not say it is given no more than the limit', () => {
    const silent = withoutLength(bomb)

    expect(contentLength(silent)).toBeUndefined()
    expect(() => decompressFrame(primitives, silent, 1_000_000)).toThrow(coded('DATA_DAMAGED'))
    expect(decompressFrame(primitives, silent, zeros.length)).toHaveLength(zeros.length)
  })

  test('in a pack gets no more room than its entry says', () => {
    const sealed = envelope.seal(bomb)
    const entry = { id, type: 'data' as const, offset: 0, length: sealed.length, uncompressedLength: 1000 }

    expect(() => openBlob(entry, sealed, envelope, primitives)).toThrow(coded('DATA_DAMAGED'))
    expect(() =>
      openBlob({ ...entry, uncompressedLength: 2 ** 32 - 1 }, sealed, envelope, primitives),
    ).toThrow(coded('LIMIT_EXCEEDED'))
  })
})

interface Alteration {
  readonly cut: number
  readonly bytes: readonly (readonly [number, number])[]
  readonly inserted: string
  readonly at: number
}

/** Positions are parts of the whole; what is inserted has a meaning for JSON. */
const alterations: fc.Arbitrary<Alteration> = fc.record({
  cut: fc.oneof(
    { weight: 4, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  ),
  bytes: fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), { maxLength: 4 }),
  inserted: fc.constantFrom(
    '',
    '',
    '0',
    '9'.repeat(30),
    '-',
    '"',
    '\\',
    '{',
    '}',
    '[[[[',
    ']',
    'null',
    '1e999',
    ':',
    ',',
  ),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
})

function altered(original: Uint8Array, { cut, bytes, inserted, at }: Alteration): Uint8Array {
  const copy = original.slice(0, Math.ceil(original.length * cut))
  for (const [where, value] of bytes) if (copy.length > 0) copy[Math.floor(where * copy.length)] = value
  const middle = Math.floor(at * copy.length)
  return new Uint8Array(
    Buffer.concat([copy.subarray(0, middle), Buffer.from(inserted), copy.subarray(middle)]),
  )
}

function expectTyped(decode: () => unknown): void {
  try {
    decode()
  } catch (error) {
    requireTyped(error)
  }
}

function requireTyped(error: unknown): void {
  if (!isRedomaError(error) || error.code === 'INTERNAL') throw error
}

function coded(code: string): unknown {
  return expect.objectContaining({ code })
}

function aPack(): Uint8Array {
  const builder = makePackBuilder('data', envelope, primitives)
  const tools = { envelope, primitives, scratch: makeScratch() }
  for (const content of ['one', 'two', 'x'.repeat(500)]) {
    const hash = new Uint8Array(32)
    primitives.sha256(Buffer.from(content), hash)
    appendBlob(builder, hash, Buffer.from(content), 3, tools)
  }
  return builder.finish().bytes.slice()
}

/** The same frame with a window instead of a length: what a program writes that compresses a stream. */
function withoutLength(frame: Uint8Array): Uint8Array {
  const descriptor = frame[4] ?? 0
  const isSingleSegment = (descriptor & 0x20) !== 0
  const lengthBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0
  const blocks = frame.subarray(5 + (isSingleSegment ? 0 : 1) + lengthBytes)
  // 128 MiB of window.
  return new Uint8Array(Buffer.concat([frame.subarray(0, 4), Buffer.of(descriptor & 0x04, 17 << 3), blocks]))
}
