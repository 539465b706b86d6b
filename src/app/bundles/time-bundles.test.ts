import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeByRules } from '../../core/retention/judge.ts'
import { timeBundles } from './time-bundles.ts'

const dayNs = 86_400_000_000_000n
const startNs = BigInt(Date.UTC(2026, 0, 1)) * 1_000_000n

interface Made {
  readonly object: string
  readonly sequence: number
  readonly timeNs: bigint
}

function made(sequence: number, timeNs: bigint): Made {
  return { object: `bundle ${sequence}`, sequence, timeNs }
}

/** Which numbers `--keep-within` keeps, as the clock then stood at the newest. */
function keptWithin(days: number, history: readonly Made[], nowNs: bigint): number[] {
  const times = timeBundles(history, nowNs)
  const ahead = history.filter(({ object }) => !times.has(object)).map(({ sequence }) => sequence)
  const past = history
    .flatMap(({ sequence, object }) => {
      const time = times.get(object)
      return time === undefined ? [] : [{ sequence, ...time }]
    })
    .toSorted((a, b) => b.sequence - a.sequence)
  const policy = [{ kind: 'within', span: { years: 0, months: 0, days, hours: 0 } }] as const
  const kept = judgeByRules(past, policy, nowNs + 1n, 'bundle').filter(({ reasons }) => reasons.length > 0)
  return [...ahead, ...kept.map(({ item }) => item.sequence)].toSorted((a, b) => a - b)
}

/** Days between bundles: what an instance that makes them by itself comes to, some missed. */
const gaps = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 40 })

function historyOf(days: readonly number[]): Made[] {
  let timeNs = startNs
  return days.map((gap, index) => {
    timeNs += BigInt(gap) * dayNs
    return made(index + 1, timeNs)
  })
}

describe('bundles that were made by a wrong clock', () => {
  test('a clock that is right, and no pause, changes nothing', () => {
    fc.assert(
      fc.property(gaps, (days) => {
        const history = historyOf(days)
        const counted = timeBundles(history, history.at(-1)?.timeNs ?? 0n)

        for (const { object, timeNs } of history)
          expect(counted.get(object)).toEqual({ timeNs, spanTimeNs: timeNs })
      }),
    )
  })

  test('whatever leaps of weeks or years a clock makes now and then, forth or back, nothing goes that stays with a right one', () => {
    const wrong = fc.uniqueArray(
      fc.record({ from: fc.nat(40), off: fc.oneof(fc.constant(0), fc.integer({ min: -9000, max: 9000 })) }),
      { maxLength: 4, selector: ({ from }) => from },
    )
    fc.assert(
      fc.property(gaps, wrong, fc.integer({ min: 1, max: 400 }), (days, unsorted, within) => {
        const leaps = unsorted.toSorted((a, b) => a.from - b.from)
        const offs = [0, ...leaps.map(({ off }) => off)]
        fc.pre(offs.every((off) => off === 0 || Math.abs(off) > 45))
        fc.pre(offs.every((off, index) => index === 0 || Math.abs(off - (offs[index - 1] ?? 0)) > 45))
        // What is usual is told by most of the gaps, where there are enough to tell.
        fc.pre(days.length <= 3 || 2 * leaps.length < days.length - 1)
        const right = historyOf(days)
        // From such a number on the clock is so many days off.
        const shown = right.map(({ sequence, timeNs }) => {
          const off = leaps.findLast(({ from }) => sequence > from)?.off ?? 0
          return made(sequence, timeNs + BigInt(off) * dayNs)
        })
        const now = (history: readonly Made[]): bigint => history.at(-1)?.timeNs ?? 0n

        const kept = keptWithin(within, shown, now(shown))

        expect(kept).toEqual(expect.arrayContaining(keptWithin(within, right, now(right))))
      }),
      { numRuns: 500 },
    )
  })

  test('one that was made while the clock was set back counts as made just before the next', () => {
    const history = [made(1, startNs), made(2, startNs - 46n * dayNs), made(3, startNs + 2n * dayNs)]

    const counted = timeBundles(history, startNs + 3n * dayNs).get('bundle 2')

    expect(counted).toEqual({ timeNs: startNs, spanTimeNs: startNs + 2n * dayNs })
  })

  test('an older one goes all the same once the clock that leapt has run for longer than the span', () => {
    const before = historyOf([1, 1, 1, 1, 1])
    const after = [1, 2, 3, 4, 5, 6, 7, 8].map((day) => made(5 + day, startNs + BigInt(4000 + day) * dayNs))
    const now = (after.at(-1)?.timeNs ?? 0n) + 1n

    expect(keptWithin(10, [...before, ...after], now)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
    expect(keptWithin(7, [...before, ...after], now)).toEqual([6, 7, 8, 9, 10, 11, 12, 13].slice(1))
  })

  test('who makes one a quarter makes no pause by it', () => {
    const history = historyOf([91, 91, 92, 92, 91, 91])
    const now = (history.at(-1)?.timeNs ?? 0n) + 1n

    expect(keptWithin(200, history, now)).toEqual([4, 5, 6])
  })
})
