import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { whenToBundle } from './when-to-bundle.ts'

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000)
const policy = { quietMs: 60_000, longestWaitMs: 600_000, leastGapMs: 120_000 }
const seconds = (time: Date | undefined): number | undefined =>
  time === undefined ? undefined : (time.getTime() - at(0).getTime()) / 1000

describe('the next bundle', () => {
  test('is made a quiet minute after the last of several changes', () => {
    const changes = { first: at(1000), last: at(1050) }

    expect(seconds(whenToBundle(changes, at(0), policy, at(1060)))).toBe(1110)
  })

  test('does not wait for ever while changes follow each other', () => {
    const changes = { first: at(1000), last: at(1590) }

    expect(seconds(whenToBundle(changes, at(0), policy, at(1595)))).toBe(1600)
  })

  test('does not follow the one before too soon', () => {
    const changes = { first: at(1000), last: at(1000) }

    expect(seconds(whenToBundle(changes, at(990), policy, at(1061)))).toBe(1110)
  })

  test('is made at once where there is none, and never where nothing has changed', () => {
    expect(seconds(whenToBundle(undefined, undefined, policy, at(5)))).toBe(5)
    expect(whenToBundle(undefined, at(0), policy, at(5000))).toBeUndefined()
  })

  test('is made in any case when the last is old enough', () => {
    const daily = { ...policy, everyMs: 86_400_000 }

    expect(seconds(whenToBundle(undefined, at(0), daily, at(5)))).toBe(86_400)
    expect(seconds(whenToBundle({ first: at(100), last: at(100) }, at(0), daily, at(101)))).toBe(160)
  })

  test('does not wait for a day that a clock showed before it was set back', () => {
    const changes = { first: at(90_000), last: at(90_000) }

    expect(seconds(whenToBundle(changes, at(90_000), policy, at(10)))).toBe(130)
  })

  property.prop([fc.nat(1e6), fc.nat(1e6), fc.nat(1e6), fc.nat(1e6)])(
    'is never later than the longest wait and the gap ask for',
    (first, span, bundle, now) => {
      const changes = { first: at(first), last: at(first + span) }

      const when = whenToBundle(changes, at(bundle), policy, at(now)) ?? at(Infinity)

      expect(when.getTime()).toBeLessThanOrEqual(at(now).getTime() + policy.longestWaitMs)
      expect(when.getTime()).toBeGreaterThanOrEqual(
        Math.min(bundle, now) * 1000 + at(0).getTime() + policy.leastGapMs,
      )
    },
  )
})
