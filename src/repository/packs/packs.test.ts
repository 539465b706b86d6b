import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { portablePrimitives } from '../../crypto/portable.ts'
import { makeEnvelope } from '../envelope/envelope.ts'
import { randomSealingKey } from '../envelope/sealing-key.ts'
import { blobIdFromBytes } from '../ids.ts'
import { appendBlob } from './append-blob.ts'
import { openBlob } from './open-blob.ts'
import { type FinishedPack, makePackBuilder } from './pack-builder.ts'
import { blobsInHeader, decodePackHeader, encodePackHeader } from './pack-header.ts'
import type { BlobType, PackedBlob } from './packed-blob.ts'
import { packHeaderOf, readPackHeader } from './read-pack-header.ts'
import { makeScratch } from './scratch.ts'

const primitives = portablePrimitives()
const envelope = makeEnvelope(randomSealingKey(), primitives)
const tools = { envelope, primitives, scratch: makeScratch() }

function idOf(content: Uint8Array): Uint8Array {
  const hash = new Uint8Array(32)
  primitives.sha256(content, hash)
  return hash
}

function packOf(type: BlobType, contents: readonly Uint8Array[]): FinishedPack {
  const builder = makePackBuilder(type, envelope, primitives)
  for (const content of contents) appendBlob(builder, idOf(content), content, 3, tools)
  return builder.finish()
}

/** As it comes to those who index it. */
const blobsOf = ({ header, blobCount }: FinishedPack): PackedBlob[] => [...blobsInHeader(header, blobCount)]

const readFrom = (pack: Uint8Array) => async (offset: number, length: number) =>
  pack.subarray(offset, offset + length)

const anyBlob = fc.record({
  id: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => blobIdFromBytes(bytes)),
  type: fc.constantFrom<BlobType>('data', 'tree'),
  length: fc.integer({ min: 32, max: 2 ** 24 }),
  uncompressedLength: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 32 - 1 })),
})

describe('pack header', () => {
  test('comes back as it was written, offsets from the lengths', () => {
    fc.assert(
      fc.property(fc.array(anyBlob, { minLength: 1, maxLength: 40 }), (parts) => {
        let offset = 0
        const blobs: PackedBlob[] = parts.map((part) => ({
          ...part,
          offset: (offset += part.length) - part.length,
        }))
        const header = encodePackHeader(blobs)
        expect(decodePackHeader(header)).toEqual(blobs)
        expect([...blobsInHeader(header, blobs.length)]).toEqual(blobs)
      }),
    )
  })

  test.each([
    ['nothing', new Uint8Array(0)],
    ['an unknown kind of entry', new Uint8Array(37).fill(4, 0, 1)],
    ['half an entry', new Uint8Array(36)],
    ['a compressed blob of no length', new Uint8Array(41).fill(2, 0, 1)],
  ])('with %s is refused', (_what, header) => {
    expect(() => decodePackHeader(header)).toThrow(expect.objectContaining({ code: 'DATA_DAMAGED' }))
  })
})

describe('pack', () => {
  const contents = [Buffer.from('a'.repeat(1000)), randomBytes(500), new Uint8Array(0)]

  test('gives back every blob that was put in', async () => {
    const pack = packOf('data', contents)
    const blobs = await readPackHeader(readFrom(pack.bytes), pack.bytes.length, envelope)

    expect(blobs).toEqual(blobsOf(pack))
    expect(pack).toMatchObject({ type: 'data', blobCount: 3, contentBytes: 1500 })
    expect(packHeaderOf(pack.bytes, envelope)).toEqual(blobs)
    for (const [i, blob] of blobs.entries()) {
      const stored = pack.bytes.subarray(blob.offset, blob.offset + blob.length)
      expect(Buffer.from(openBlob(blob, stored, envelope, primitives))).toEqual(
        Buffer.from(contents[i] ?? []),
      )
    }
  })

  test('compresses all that is not empty, as restic does', () => {
    expect(blobsOf(packOf('data', contents)).map((blob) => blob.uncompressedLength)).toEqual([1000, 500, 0])
  })

  test('compresses every tree, as restic does', () => {
    expect(blobsOf(packOf('tree', [Buffer.from('{"nodes":[]}\n')]))[0]?.uncompressedLength).toBe(13)
  })

  test('of many blobs is read in two steps', async () => {
    const pack = packOf(
      'data',
      Array.from({ length: 40 }, (_, i) => Buffer.from(`blob ${i}`)),
    )
    const reads: number[] = []
    const blobs = await readPackHeader(
      async (offset, length) => {
        reads.push(length)
        return pack.bytes.subarray(offset, offset + length)
      },
      pack.bytes.length,
      envelope,
    )

    expect(blobs).toEqual(blobsOf(pack))
    expect(reads).toHaveLength(2)
  })

  test('cut off anywhere is refused', async () => {
    const { bytes } = packOf('data', [Buffer.from('one'), Buffer.from('two')])
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length)
      await expect(readPackHeader(readFrom(cut), length, envelope)).rejects.toMatchObject({
        code: 'DATA_DAMAGED',
      })
    }
  })

  test('a builder is empty after it finished, and its memory is used again', () => {
    const builder = makePackBuilder('data', envelope, primitives, 100)
    const content = randomBytes(100)
    appendBlob(builder, idOf(content), content, 3, tools)
    expect(builder.isFull).toBe(true)
    builder.finish()

    expect([builder.blobCount, builder.byteLength, builder.isFull]).toEqual([0, 0, false])
    expect(() => builder.finish()).toThrow(expect.objectContaining({ code: 'INTERNAL' }))
  })

  test('of the smallest blobs is full before its header makes it much longer than wanted', () => {
    const wantedBytes = 20_000
    const builder = makePackBuilder('data', envelope, primitives, wantedBytes)
    for (let n = 0; !builder.isFull; n++) {
      const content = Buffer.from([n >> 8, n])
      appendBlob(builder, idOf(content), content, 3, tools)
    }

    expect(builder.finish().bytes.length).toBeLessThan(wantedBytes + 200)
  })

  test('a blob under the name of another is found out', () => {
    const pack = packOf('data', [Buffer.from('one'), Buffer.from('two')])
    const [one, two] = blobsOf(pack)
    if (one === undefined || two === undefined) throw new Error('two blobs')
    const stored = pack.bytes.subarray(two.offset, two.offset + two.length)

    expect(() => openBlob({ ...two, id: one.id }, stored, envelope, primitives)).toThrow(/other content/)
  })
})
