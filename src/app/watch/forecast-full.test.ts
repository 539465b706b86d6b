import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RoomLeft } from '../../ports/destination-state.ts'
import { forecastFull } from './forecast-full.ts'

const gibibyte = 1024 ** 3
const start = new Date('2026-03-01T02:00:00Z').getTime()
const day = 24 * 60 * 60 * 1000

/** One run a night. */
function nights(free: readonly number[]): RoomLeft[] {
  return free.map((gibibytes, night) => ({
    at: new Date(start + night * day),
    freeBytes: gibibytes * gibibyte,
  }))
}

describe('the forecast of a full destination', () => {
  test('is what is free by what goes a day', () => {
    expect(forecastFull(nights([100, 90, 80, 70]))).toBeCloseTo(7)
  })

  test('is not turned by one night that was otherwise, or a prune', () => {
    expect(forecastFull(nights([100, 90, 80, 20, 60, 50, 40]))).toBeCloseTo(4)
    const pruned = forecastFull(nights([100, 98, 96, 94, 92, 95, 93, 91, 89, 87]))
    expect(pruned).toBeGreaterThan(40)
    expect(pruned).toBeLessThan(80)
  })

  test('is not made from too little, from noise, or where room grows', () => {
    expect(forecastFull([])).toBeUndefined()
    expect(forecastFull(nights([100, 90, 80]))).toBeUndefined()
    expect(
      forecastFull(
        nights([100, 90, 80, 70]).map((point, n) => ({ ...point, at: new Date(start + n * 1000) })),
      ),
    ).toBeUndefined()
    expect(forecastFull(nights([50, 51, 49, 52, 50, 48, 51]))).toBeUndefined()
    expect(forecastFull(nights([50, 60, 70, 80]))).toBeUndefined()
    expect(forecastFull(nights([1000, 999.999, 999.998, 999.997]))).toBeUndefined()
  })

  test('is of no size or order of the points, and never below none', () => {
    const points = fc.array(
      fc.record({
        at: fc.date({ min: new Date(start), max: new Date(start + 100 * day), noInvalidDate: true }),
        freeBytes: fc.integer({ min: 0, max: 2 ** 45 }),
      }),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(points, (some) => {
        const days = forecastFull(some)
        if (days !== undefined) {
          expect(days).toBeGreaterThanOrEqual(0)
          expect(days).toBeLessThanOrEqual(365)
        }
      }),
    )
  })

  test('finds a steady trend under noise', () => {
    const noise = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 14, maxLength: 14 })
    fc.assert(
      fc.property(noise, (off) => {
        const days = forecastFull(nights(off.map((bytes, night) => 200 - 10 * night + bytes)))
        expect(days).toBeGreaterThan(5)
        expect(days).toBeLessThan(9)
      }),
    )
  })
})
