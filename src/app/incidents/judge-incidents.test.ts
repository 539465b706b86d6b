import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { severities } from '../../ports/events.ts'
import type { Incident, IncidentStep, Trouble } from '../../ports/incident.ts'
import { judgeIncidents } from './judge-incidents.ts'

const start = new Date('2026-03-01T05:00:00Z').getTime()
const hour = 3_600_000

const lost: Trouble = {
  kind: 'destination-lost',
  key: 'id-of-nas',
  subject: 'nas',
  severity: 'critical',
  title: 'nas is lost',
  text: 'No way.',
  fields: { code: 'DESTINATION_UNREACHABLE' },
}
const slow: Trouble = { ...lost, kind: 'destination-slow', severity: 'warning', title: 'nas is slow' }

function at(hours: number): Date {
  return new Date(start + hours * hour)
}

/** What a store makes of steps. */
function apply(open: readonly Incident[], steps: readonly IncidentStep[], now: Date): readonly Incident[] {
  return steps.reduce<readonly Incident[]>((incidents, step) => {
    switch (step.kind) {
      case 'open': {
        const id = Math.max(0, ...incidents.map((one) => one.id)) + 1
        return [...incidents, { ...step.trouble, id, openedAt: now, updatedAt: now, toldAt: now }]
      }
      case 'update':
        return incidents.map((one) =>
          one.id === step.id
            ? { ...one, ...step.trouble, updatedAt: now, toldAt: step.tell === undefined ? one.toldAt : now }
            : one,
        )
      case 'close':
        return incidents.filter(({ id }) => id !== step.id)
    }
  }, open)
}

/** What people hear, hour by hour. */
function heard(troubles: readonly (readonly Trouble[])[]): string[] {
  let open: readonly Incident[] = []
  return troubles.flatMap((now, hours) => {
    const steps = judgeIncidents(open, now, at(hours))
    open = apply(open, steps, at(hours))
    return steps.flatMap((step) => {
      if (step.kind === 'update') return step.tell === undefined ? [] : [`${hours} ${step.tell}`]
      return [`${hours} ${step.kind}`]
    })
  })
}

describe('of trouble, people hear', () => {
  test('when it begins and when it is over, and of the same in between nothing', () => {
    expect(heard([[], [lost], [lost], [lost], [], []])).toEqual(['1 open', '4 close'])
  })

  test('when it gets worse, and not when it gets better or its words change', () => {
    const mild: Trouble = { ...lost, severity: 'warning' }

    expect(heard([[mild], [lost], [mild], [{ ...mild, text: 'Still.' }], [lost]])).toEqual([
      '0 open',
      '1 worsened',
      '4 worsened',
    ])
  })

  test('once a day while it lasts, and once a week where it is but a warning', () => {
    const days = (trouble: Trouble, count: number) => Array.from({ length: count * 24 + 1 }, () => [trouble])

    expect(heard(days(lost, 3))).toEqual(['0 open', '24 reminder', '48 reminder', '72 reminder'])
    expect(heard(days(slow, 8))).toEqual(['0 open', '168 reminder'])
  })

  test('again when the clock that it was told by was years ahead, and once then', () => {
    const ahead = new Date('2031-01-01T00:00:00Z')
    const open = apply([], judgeIncidents([], [lost], ahead), ahead)

    const steps = judgeIncidents(open, [lost], at(0))

    expect(steps).toMatchObject([{ kind: 'update', tell: 'reminder' }])
    expect(judgeIncidents(apply(open, steps, at(0)), [lost], at(1))).toEqual([])
  })

  test('nothing again of what somebody knows of, until it gets worse or is over', () => {
    const known = { at: at(0), by: 'ada', why: 'the disk is ordered' }
    const mild: Trouble = { ...lost, severity: 'error' }
    const open = apply([], judgeIncidents([], [mild], at(0)), at(0)).map((one) => ({
      ...one,
      acknowledged: known,
    }))

    expect(judgeIncidents(open, [mild], at(24 * 30))).toEqual([])
    expect(judgeIncidents(open, [lost], at(24 * 30))).toMatchObject([{ kind: 'update', tell: 'worsened' }])
    expect(judgeIncidents(open, [], at(24 * 30))).toEqual([{ kind: 'close', id: 1 }])
  })

  test('of each by itself, though they are of one thing', () => {
    expect(heard([[lost, slow], [slow]])).toEqual(['0 open', '0 open', '1 close'])
  })
})

test('after any troubles, the open incidents are those of the last, and the same once more change nothing', () => {
  const trouble = fc.record({
    kind: fc.constantFrom('destination-lost' as const, 'backup-failed' as const),
    key: fc.constantFrom('a', 'b', 'c'),
    subject: fc.constantFrom('x', 'y'),
    severity: fc.constantFrom(...severities),
    title: fc.constantFrom('t', 'u'),
    text: fc.constantFrom('t', 'u'),
    fields: fc.constantFrom<Trouble['fields']>({}, { n: 1 }, { n: 2 }),
  })
  const distinct = fc.uniqueArray(trouble, { selector: ({ kind, key }) => `${kind} ${key}` })
  fc.assert(
    fc.property(fc.array(distinct, { minLength: 1 }), (rounds) => {
      let open: readonly Incident[] = []
      for (const troubles of rounds) open = apply(open, judgeIncidents(open, troubles, at(0)), at(0))

      const last = rounds.at(-1) ?? []
      const names = (all: readonly Trouble[]) =>
        all.map(({ kind, key, severity, text }) => ({ kind, key, severity, text }))
      expect(names(open)).toHaveLength(last.length)
      expect(names(open)).toEqual(expect.arrayContaining(names(last)))
      expect(judgeIncidents(open, last, at(0))).toEqual([])
    }),
  )
})
