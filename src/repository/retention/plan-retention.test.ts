import { describe, expect, test } from 'vitest'
import type { RetentionPolicy } from '../../core/retention/policy.ts'
import type { BlobId, ObjectId } from '../ids.ts'
import type { StoredSnapshot } from '../snapshots/snapshot.ts'
import { groupSnapshots, labelOf } from './group-snapshots.ts'
import { planRetention } from './plan-retention.ts'

const nowNs = ns('2026-06-30T00:00:00Z')
const span = { years: 0, months: 0, days: 0, hours: 0 }

describe('a retention plan', () => {
  test('keeps the newest of each day, and tells that as the reason', () => {
    expect(plan(['2026-03-01T08:00Z', '2026-03-01T20:00Z', '2026-03-02T08:00Z'], [daily(7)])).toEqual([
      '2026-03-02T08:00Z daily snapshot',
      '2026-03-01T20:00Z daily snapshot',
      '2026-03-01T08:00Z oldest daily snapshot',
    ])
  })

  test('does not keep the oldest when enough days were found', () => {
    expect(plan(['2026-03-01T08:00Z', '2026-03-02T08:00Z', '2026-03-03T08:00Z'], [daily(2)])).toEqual([
      '2026-03-03T08:00Z daily snapshot',
      '2026-03-02T08:00Z daily snapshot',
      '2026-03-01T08:00Z',
    ])
  })

  test('begins days in the zone that a snapshot was made in', () => {
    const made = ['2026-03-01T23:30+01:00', '2026-03-02T00:30+01:00', '2026-03-02T12:00+01:00']

    expect(plan(made, [daily(2)])).toEqual([
      '2026-03-02T12:00+01:00 daily snapshot',
      '2026-03-02T00:30+01:00',
      '2026-03-01T23:30+01:00 daily snapshot',
    ])
  })

  test('counts weeks as ISO 8601 does, across the new year', () => {
    const made = ['2025-12-28T12:00Z', '2025-12-29T12:00Z', '2026-01-04T12:00Z']

    expect(plan(made, [{ kind: 'every', period: 'weekly', count: 2 }])).toEqual([
      '2026-01-04T12:00Z weekly snapshot',
      '2025-12-29T12:00Z',
      '2025-12-28T12:00Z weekly snapshot',
    ])
  })

  test('reckons a span from the newest snapshot that is not of the future', () => {
    const made = ['2026-02-28T12:00Z', '2026-03-03T11:00Z', '2026-03-31T12:00Z', '2027-01-01T00:00Z']

    expect(plan(made, [{ kind: 'within', span: { ...span, months: 1 } }])).toEqual([
      '2027-01-01T00:00Z within 1m',
      '2026-03-31T12:00Z within 1m',
      '2026-03-03T11:00Z',
      '2026-02-28T12:00Z',
    ])
  })

  test('gives every reason that a snapshot stays for', () => {
    const rules: RetentionPolicy = [
      { kind: 'last', count: 1 },
      daily(Infinity),
      { kind: 'every-within', period: 'yearly', span: { ...span, years: 2 } },
    ]

    expect(plan(['2026-03-01T08:00Z'], rules)).toEqual([
      '2026-03-01T08:00Z last snapshot, daily snapshot, yearly within 2y',
    ])
  })

  test('refuses to leave nothing of a group, and says of which', () => {
    const rules: RetentionPolicy = [{ kind: 'tags', tags: ['kept'] }]

    expect(() => plan(['2026-03-01T08:00Z'], rules)).toThrow('no snapshot of host h')
    expect(() => plan(['2026-03-01T08:00Z'], [])).toThrow('no snapshot of host h')
    expect(plan(['2026-03-01T08:00Z'], rules, true)).toEqual(['2026-03-01T08:00Z'])
  })
})

/** `TIME reason, reason` for each snapshot of one host, newest first. */
function plan(times: readonly string[], policy: RetentionPolicy, allowEmptied = false): string[] {
  const snapshots = times.map((time) => aSnapshot(time))
  const groups = groupSnapshots(snapshots, (snapshot) => [labelOf(snapshot, 'host')])
  return planRetention(groups, policy, { nowNs, allowEmptied }).flatMap(({ verdicts }) =>
    verdicts.map((verdict) => {
      const reasons = verdict.kind === 'stays' ? ` ${verdict.reasons.join(', ')}` : ''
      return `${verdict.snapshot.paths[0] ?? ''}${reasons}`
    }),
  )
}

function daily(count: number): RetentionPolicy[number] {
  return { kind: 'every', period: 'daily', count }
}

/** Its path is its time, to tell it by. */
function aSnapshot(time: string): StoredSnapshot {
  const zoneMinutes = time.endsWith('+01:00') ? 60 : undefined
  const id = Buffer.from(time).toString('hex') as ObjectId
  return { id, timeNs: ns(time), zoneMinutes, tree: '' as BlobId, paths: [time], hostname: 'h' }
}

function ns(time: string): bigint {
  return BigInt(Date.parse(time)) * 1_000_000n
}
