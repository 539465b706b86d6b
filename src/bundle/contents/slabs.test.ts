import { expect, test } from 'vitest'
import { Slabs } from './slabs.ts'

const mebibyte = 1024 * 1024

function allOf(pieces: Iterable<Uint8Array>): Buffer {
  return Buffer.concat(Array.from(pieces, (piece) => Buffer.from(piece)))
}

/** Over the first slab, into the second, and one text that is longer than the first. */
const texts = ['é', 'a'.repeat(mebibyte - 10), 'b'.repeat(2 * mebibyte), '', '\u{1f511}'.repeat(1000), 'end']

test('texts stand where it was said, and after each other, however long they are', () => {
  const slabs = new Slabs()
  const places = texts.map((text, index) => slabs.add(text, index === 0 ? '' : ','))

  expect(places.map(({ slab, start, end }) => slab.toString('utf8', start, end))).toEqual(texts)
  expect(allOf(slabs.pieces()).toString()).toBe(texts.join(','))
})

test('the memory of what is read for the last time is wiped and gone, and that of the rest is wiped in the end', () => {
  const slabs = new Slabs()
  const places = texts.map((text) => slabs.add(text))
  const [first] = places
  const last = places.at(-1)

  expect(allOf(slabs.lastPieces()).toString()).toBe(texts.join(''))
  expect(first?.slab.buffer.byteLength).toBe(0)
  expect(last?.slab.buffer.byteLength).toBe(0)
  expect(allOf(slabs.lastPieces())).toHaveLength(0)

  const other = new Slabs()
  const { slab, start, end } = other.add('a secret')
  other.wipe()
  expect(slab.subarray(start, end).every((byte) => byte === 0)).toBe(true)
})
