import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DestinationWatch } from '../../ports/destination-state.ts'
import { keepRoom } from './keep-room.ts'
import type { ProbeOutcome } from './probe-destination.ts'
import { takeIn } from './take-in.ts'

const start = new Date('2026-03-01T02:00:00Z').getTime()
const minute = 60_000
const day = 24 * 60 * minute
const space = { freeBytes: 500, totalBytes: 1000 }
const answered: ProbeOutcome = { kind: 'answered', tookMs: 12.3, space }
const failed: ProbeOutcome = {
  kind: 'failed',
  tookMs: 1,
  step: 'write',
  code: 'DESTINATION_UNREACHABLE',
  message: 'no way',
  hint: 'Go there.',
}

/** Each is an outcome, and when its probe began and ended. */
function takeInAll(probes: readonly (readonly [ProbeOutcome, number, number])[]) {
  const changes: string[] = []
  let known: DestinationWatch | undefined
  for (const [outcome, begun, ended] of probes) {
    const step = takeIn(known, { outcome, begunAt: new Date(begun), endedAt: new Date(ended) })
    if (step.change !== undefined) changes.push(step.change.to)
    known = step.watch
  }
  return { known, changes }
}

describe('what is known after a probe', () => {
  test('is its state, what was found, and what is free', () => {
    const { known } = takeInAll([[answered, start, start + 1]])

    expect(known).toEqual({
      state: {
        condition: 'ok',
        since: new Date(start + 1),
        recent: [{ condition: 'ok', at: new Date(start + 1) }],
      },
      findings: { tookMs: 12, space, daysLeft: undefined },
      room: [{ at: new Date(start + 1), freeBytes: 500 }],
    })
  })

  test('is told of a change with why', () => {
    const known = takeInAll([
      [answered, start, start + 1],
      [failed, start + minute, start + minute + 1],
    ]).known
    const again = {
      outcome: failed,
      begunAt: new Date(start + 2 * minute),
      endedAt: new Date(start + 2 * minute),
    }

    expect(takeIn(known, again).change).toMatchObject({
      from: 'ok',
      to: 'lost',
      since: new Date(start + minute + 1),
      details: { failure: { code: 'DESTINATION_UNREACHABLE', message: 'write: no way', hint: 'Go there.' } },
    })
  })

  test('counts two probes of the same moment as one', () => {
    const before = [answered, start, start + 1] as const
    const first = [failed, start + minute, start + minute + 10] as const
    const beside = [failed, start + minute + 5, start + minute + 12] as const
    const after = [failed, start + minute + 13, start + minute + 14] as const

    expect(takeInAll([before, first, beside]).changes).toEqual(['ok'])
    expect(takeInAll([before, first, beside, after]).changes).toEqual(['ok', 'lost'])
  })

  test('goes on when the clock was set back', () => {
    const { changes } = takeInAll([
      [answered, start + day, start + day + 1],
      [failed, start, start + 1],
      [failed, start + minute, start + minute + 1],
    ])

    expect(changes).toEqual(['ok', 'lost'])
  })

  test('warns of a full destination by the room of many days, though it is probed every five minutes', () => {
    const probes = Array.from({ length: (6 * day) / (5 * minute) }, (_, index) => {
      const at = start + index * 5 * minute
      // Ten percent a day.
      const free = Math.round(1000 - (100 * (at - start)) / day)
      return [{ ...answered, space: { freeBytes: free, totalBytes: 1000 } }, at, at] as const
    })

    const { known, changes } = takeInAll(probes)

    expect(changes).toEqual(['ok', 'nearly-full'])
    expect(known?.findings?.daysLeft).toBeGreaterThan(3.5)
    expect(known?.findings?.daysLeft).toBeLessThan(4.5)
  })
})

describe('what is kept of the room that was measured', () => {
  test('is one point a day, in order, at most thirty, the newest measurement last', () => {
    const moments = fc.array(fc.integer({ min: 0, max: 60 * day }), { minLength: 1 })
    fc.assert(
      fc.property(moments, (offsets) => {
        const points = offsets.map((offset, index) => ({ at: new Date(start + offset), freeBytes: index }))

        const kept = points.reduce<typeof points>(keepRoom, [])

        expect(kept.at(-1)).toEqual(points.at(-1))
        const days = kept.map(({ at }) => at.toISOString().slice(0, 10))
        expect(days).toEqual([...new Set(days)].toSorted())
        expect(kept.length).toBeLessThanOrEqual(30)
      }),
    )
  })
})
