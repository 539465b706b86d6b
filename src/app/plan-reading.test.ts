import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SliceReading } from '../ports/catalogue.ts'
import { describeReading, planReading } from './plan-reading.ts'

/** What is known after `runs` rotations of so many parts each, an hour apart. */
function after(runs: readonly number[], damaged: readonly number[] = []): SliceReading[] {
  const known = new Map<number, SliceReading>()
  for (const [run, parts] of runs.entries()) {
    for (const slice of planReading([...known.values()], parts)) {
      known.set(slice, { slice, readAt: new Date(run * 3_600_000), isDamaged: damaged.includes(slice) })
    }
  }
  return [...known.values()]
}

test('all slices are read once in so many runs, and none twice before', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 256 }), (parts) => {
      const readings = after(Array.from({ length: parts }, () => parts))
      expect(readings).toHaveLength(256)
      const runsNeeded = Math.ceil(256 / Math.ceil(256 / parts))
      const early = after(Array.from({ length: runsNeeded - 1 }, () => parts))
      expect(early).toHaveLength((runsNeeded - 1) * Math.ceil(256 / parts))
    }),
  )
})

test('what was read longest ago comes first, also when the number of parts changes', () => {
  const readings = after([2, 4])

  const next = planReading(readings, 4)

  expect(next).toEqual(Array.from({ length: 64 }, (_, at) => 192 + at))
})

test('slices in which damage was found are read again each time', () => {
  expect(planReading(after([4], [7]), 4)).toContain(7)
  expect(planReading(after([4]), 4)).not.toContain(7)
})

test('tells how far it has come', () => {
  expect(describeReading(after([4]), 4)).toBe(
    '25 % of the packs were read so far: all will have been after 3 more runs',
  )
  expect(describeReading(after([2, 2]), 2)).toBe('every pack was read since 1970-01-01')
})
