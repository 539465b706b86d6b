import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseBlobId, parseObjectId } from '../repository/ids.ts'
import type { StoredSnapshot } from '../repository/snapshots/snapshot.ts'
import { decideForget, type ForgetChoice, type ForgetPlan } from './plan-forget.ts'

const dayNs = 86_400_000_000_000n
const rules = (hosts: readonly string[], count = 1): ForgetChoice => ({
  kind: 'rules',
  policy: [{ kind: 'last', count }],
  groupBy: ['host', 'source'],
  only: { sources: [], hosts, tags: [] },
  allowEmptied: false,
})

describe('what rules for some hosts decide', () => {
  test('is nothing of others, of whom it is said how many are left alone', () => {
    const all = ['pam-1', 'pam-1', 'pam-2', 'pam-2', 'pam-3'].map(aSnapshot)

    const plan = decide(all, rules(['pam-1']))

    expect(touched(plan)).toEqual([
      [all[1]?.id, 'stays'],
      [all[0]?.id, 'goes'],
    ])
    expect(plan.others).toEqual([
      { host: 'pam-2', snapshots: 2 },
      { host: 'pam-3', snapshots: 1 },
    ])
  })

  test('is about everybody where no host is named', () => {
    const plan = decide(['a', 'a', 'b'].map(aSnapshot), rules([]))

    expect(touched(plan)).toHaveLength(3)
    expect(plan.others).toEqual([])
  })

  test('is for each host what it would be if there were no other', () => {
    const host = fc.constantFrom('a', 'b', 'c')
    const count = fc.integer({ min: 1, max: 4 })
    fc.assert(
      fc.property(fc.array(host, { maxLength: 20 }), host, count, (hosts, meant, kept) => {
        const all = hosts.map(aSnapshot)
        const own = all.filter(({ hostname }) => hostname === meant)

        const plan = decide(all, rules([meant], kept))

        expect(touched(plan)).toEqual(touched(decide(own, rules([], kept))))
        const left = plan.others.reduce((sum, { snapshots }) => sum + snapshots, 0)
        expect(left + touched(plan).length).toBe(all.length)
        expect(plan.others.map((other) => other.host)).not.toContain(meant)
      }),
    )
  })
})

function decide(snapshots: readonly StoredSnapshot[], choice: ForgetChoice): ForgetPlan {
  return decideForget({ snapshots, damaged: [] }, choice, 100n * dayNs)
}

function touched({ groups }: ForgetPlan): (readonly [string, string])[] {
  return groups.flatMap(({ verdicts }) => verdicts.map(({ kind, snapshot }) => [snapshot.id, kind] as const))
}

/** One a day. */
function aSnapshot(hostname: string, day: number): StoredSnapshot {
  return {
    id: parseObjectId(day.toString(16).padStart(64, '0')),
    tree: parseBlobId('0'.repeat(64)),
    timeNs: BigInt(day) * dayNs,
    hostname,
    paths: ['/srv'],
    tags: ['source:files'],
  }
}
