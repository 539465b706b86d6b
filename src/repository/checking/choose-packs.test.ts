import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseObjectId } from '../ids.ts'
import { choosePacks, sliceCount } from './choose-packs.ts'

const somePacks = fc.array(
  fc.record({
    id: fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => parseObjectId(Buffer.from(bytes).toString('hex'))),
    size: fc.integer({ min: 100, max: 1000 }),
  }),
  { maxLength: 60 },
)

test('the parts of any number of parts are all packs, each once', () => {
  fc.assert(
    fc.property(somePacks, fc.integer({ min: 1, max: sliceCount }), (packs, of) => {
      const parts = Array.from({ length: of }, (_, part) =>
        choosePacks(packs, { kind: 'part', part: part + 1, of }, () => 0),
      )
      expect(parts.flat()).toHaveLength(packs.length)
      expect(new Set(parts.flat())).toEqual(new Set(packs))
    }),
  )
})

test('a choice by chance has no more bytes than asked for, and one pack at least', () => {
  fc.assert(
    fc.property(
      somePacks,
      fc.integer({ min: 1, max: 100 }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.99, noNaN: true })),
      (packs, percent, chances) => {
        const chosen = choosePacks(packs, { kind: 'share', percent }, () => Number(chances.next().value))
        const sum = (some: typeof packs): number => some.reduce((bytes, { size }) => bytes + size, 0)
        expect(chosen.length).toBeGreaterThanOrEqual(Math.min(1, packs.length))
        expect(new Set(chosen).size).toBe(chosen.length)
        if (chosen.length > 1) expect(sum([...chosen])).toBeLessThanOrEqual((sum(packs) * percent) / 100)
      },
    ),
  )
})
