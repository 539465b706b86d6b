import { expect, test } from 'vitest'
import { portablePrimitives } from '../../crypto/portable.ts'
import { makeEnvelope } from '../envelope/envelope.ts'
import { randomSealingKey } from '../envelope/sealing-key.ts'
import { appendBlob } from '../packs/append-blob.ts'
import { type FinishedPack, makePackBuilder } from '../packs/pack-builder.ts'
import { decodePackHeader } from '../packs/pack-header.ts'
import { makeScratch } from '../packs/scratch.ts'
import { makeVerifyPack } from './verify-pack.ts'

const primitives = portablePrimitives()
const envelope = makeEnvelope(randomSealingKey(), primitives)
const verifyPack = makeVerifyPack(envelope, primitives)

function aPack(contents: readonly string[]): FinishedPack {
  const builder = makePackBuilder('data', envelope, primitives)
  for (const content of contents) {
    const hash = new Uint8Array(32)
    primitives.sha256(Buffer.from(content), hash)
    appendBlob(builder, hash, Buffer.from(content), 3, {
      envelope,
      primitives,
      scratch: makeScratch(),
    })
  }
  return builder.finish()
}

test('a whole pack has no problem, and tells its header', () => {
  const { id, bytes } = aPack(['one', 'two'.repeat(100)])

  const verified = verifyPack({ id, bytes: bytes.slice() })

  expect(verified).toMatchObject({ packProblems: [], blobProblems: [] })
  expect(verified.header).toMatch(/^[0-9a-f]{64}$/)
})

test('every flipped byte of a pack is found', () => {
  const { id, bytes } = aPack(['one', 'two'.repeat(100)])

  for (let at = 0; at < bytes.length; at++) {
    const altered = bytes.slice()
    altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8))
    expect(verifyPack({ id, bytes: altered }).packProblems).toContain('its content does not match its name')
  }
})

test('a damaged blob is named, and its neighbours are not', () => {
  const { id, bytes, header } = aPack(['one', 'two'])
  const blobs = decodePackHeader(header)
  const altered = bytes.slice()
  const at = (blobs[1]?.offset ?? 0) + 5
  altered[at] = (altered[at] ?? 0) ^ 1

  const { blobProblems } = verifyPack({ id, bytes: altered })

  expect(blobProblems).toEqual([expect.stringContaining(`its data blob ${blobs[1]?.id ?? ''}: `)])
})

test('where the header is lost, blobs are verified as whoever asks knows them', () => {
  const { id, bytes, header } = aPack(['one', 'two'])
  const blobs = decodePackHeader(header)
  const cut = bytes.slice(0, (blobs[1]?.offset ?? 0) + 10)

  const verified = verifyPack({ id, bytes: cut, blobs })

  expect(verified.header).toBeUndefined()
  expect(verified.blobProblems).toEqual([expect.stringContaining('is cut off')])
})
