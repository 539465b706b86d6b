import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Condition, DestinationState, StateChange } from '../../ports/destination-state.ts'
import { observe, unknownState } from './destination-state.ts'

const start = new Date('2026-03-01T00:00:00Z')
const at = (probe: number): Date => new Date(start.getTime() + probe * 60_000)
const condition = fc.constantFrom<Condition>('ok', 'slow', 'nearly-full', 'read-only', 'lost')

/** One probe a minute. */
function observeAll(seen: readonly Condition[]): { state: DestinationState; changes: StateChange[] } {
  const changes: StateChange[] = []
  let state = unknownState(start)
  for (const [probe, condition] of seen.entries()) {
    const next = observe(state, { condition, at: at(probe) })
    if (next.change !== undefined) changes.push(next.change)
    state = next.state
  }
  return { state, changes }
}

const namesOf = (seen: readonly Condition[]): string[] => observeAll(seen).changes.map(({ to }) => to)

describe('the state of a destination', () => {
  test('is lost after two failed probes in a row, and back after two good ones', () => {
    expect(namesOf(['ok', 'lost'])).toEqual(['ok'])
    expect(namesOf(['ok', 'lost', 'ok', 'lost', 'ok', 'lost'])).toEqual(['ok'])
    expect(namesOf(['ok', 'lost', 'lost', 'ok'])).toEqual(['ok', 'lost'])
    expect(namesOf(['ok', 'lost', 'lost', 'ok', 'ok'])).toEqual(['ok', 'lost', 'ok'])
    expect(observeAll(['ok', 'lost', 'lost']).changes.at(-1)).toEqual({
      from: 'ok',
      to: 'lost',
      since: at(1),
    })
  })

  test('of a new one is known by its first good probe, and not by its first bad one', () => {
    expect(namesOf(['ok'])).toEqual(['ok'])
    expect(namesOf(['lost'])).toEqual([])
    expect(namesOf(['lost', 'lost'])).toEqual(['lost'])
  })

  test('is slow when probes differ in how bad they are, but none is good', () => {
    expect(namesOf(['ok', 'lost', 'slow', 'lost'])).toEqual(['ok', 'slow'])
  })

  test('is told of room that gets short at once', () => {
    expect(namesOf(['ok', 'nearly-full', 'nearly-full', 'ok', 'ok'])).toEqual(['ok', 'nearly-full', 'ok'])
  })

  test('follows whatever lasts, and tells each change once', () => {
    fc.assert(
      fc.property(fc.array(condition), condition, (before, lasting) => {
        const seen = [...before, lasting, lasting, lasting]
        const { state, changes } = observeAll(seen)

        expect(state.condition).toBe(lasting)
        for (const [index, { from, to }] of changes.entries()) {
          expect(from).not.toBe(to)
          expect(from).toBe(index === 0 ? 'unknown' : changes[index - 1]?.to)
        }
        expect(observe(state, { condition: lasting, at: at(seen.length) }).change).toBeUndefined()
      }),
    )
  })

  test('is not changed by one odd probe among good ones, unless there is no room', () => {
    const odd = condition.filter((one) => one !== 'nearly-full')
    fc.assert(
      fc.property(fc.array(odd), (ones) => {
        const seen = ones.flatMap((one): Condition[] => ['ok', 'ok', one])
        expect(namesOf(['ok', ...seen])).toEqual(['ok'])
      }),
    )
  })
})
