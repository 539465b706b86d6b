import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatSpan } from '../../src/core/retention/calendar-span.ts'
import { periods, type RetentionPolicy, type RetentionRule } from '../../src/core/retention/policy.ts'
import { parseBlobId } from '../../src/repository/ids.ts'
import { writeUnpacked } from '../../src/repository/objects.ts'
import {
  type Grouping,
  groupings,
  groupSnapshots,
  labelOf,
} from '../../src/repository/retention/group-snapshots.ts'
import { planRetention } from '../../src/repository/retention/plan-retention.ts'
import { encodeSnapshot } from '../../src/repository/snapshots/encode-snapshot.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import type { Snapshot, StoredSnapshot } from '../../src/repository/snapshots/snapshot.ts'
import { initCheaply } from '../support/handmade-repository.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { programMissing } from '../support/programs.ts'
import { placeAt, testPassword } from '../support/repositories.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
const isSlow = process.env['SLOW'] !== undefined
const histories = isSlow ? 30 : 4
const policiesEach = isSlow ? 20 : 8

const hourNs = 3_600_000_000_000n
const nowNs = BigInt(Date.now()) * 1_000_000n

describe('what stays, and why', () => {
  test.skipIf(newerProgram('restic') === undefined)(
    'is the same as newer restic says, on random histories',
    async () => {
      await compare(newerProgram('restic') ?? '', sameReasons)
    },
  )

  test.skipIf(programMissing('restic'))(
    'is the same as restic of Debian says, where both mean the same',
    async () => {
      await compare('restic', sameButForOldest)
    },
  )
})

/** What stays of one snapshot's reasons, by id; those that go are not there. */
type Reasons = Readonly<Record<string, readonly string[]>>

async function compare(program: string, expectSame: (ours: Reasons, restics: Reasons) => void) {
  const cases = fc.tuple(history, fc.array(request, { minLength: policiesEach, maxLength: policiesEach }))
  await fc.assert(
    fc.asyncProperty(cases, async ([snapshots, requests]) => {
      await using folder = await temporaryFolder()
      const stored = await writeAll(folder.path, snapshots)
      for (const { policy, by } of requests) {
        expectSame(reasonsOf(stored, policy, by), resticReasons(program, folder.path, policy, by))
      }
    }),
    { numRuns: histories, endOnFailure: true },
  )
}

function sameReasons(ours: Reasons, restics: Reasons): void {
  expect(ours).toEqual(restics)
}

/** Restic 0.14 does not keep the oldest while counts are left over. */
function sameButForOldest(ours: Reasons, restics: Reasons): void {
  const known = Object.entries(ours).map(
    ([id, reasons]) => [id, reasons.filter((one) => !one.startsWith('oldest '))] as const,
  )
  expect(Object.fromEntries(known.filter(([, reasons]) => reasons.length > 0))).toEqual(restics)
}

/** Bursts of snapshots, some of them hours apart and some years, in several zones. */
const history: fc.Arbitrary<Snapshot[]> = fc
  .array(
    fc.record({
      gapHours: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 24 * 400 })),
      seconds: fc.integer({ min: 0, max: 3599 }),
      zoneMinutes: fc.constantFrom(undefined, undefined, 60, -300, 345),
      hostname: fc.constantFrom('web1', 'web1', 'web2'),
      paths: fc.constantFrom(['/etc'], ['/etc'], ['/home', '/etc'], ['/etc', '/home']),
      tags: fc.constantFrom(undefined, ['a'], ['a', 'b'], ['b', 'a']),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((steps) => {
    let timeNs = nowNs + 100n * hourNs
    return steps.map(({ gapHours, seconds, ...rest }, index) => {
      // The index makes every time another one: restic leaves the order of two of the same instant to chance.
      timeNs -= BigInt(gapHours) * hourNs + BigInt(seconds) * 1_000_000_000n + BigInt(index + 1)
      return { ...rest, timeNs, tree: parseBlobId('0'.repeat(63) + '1') }
    })
  })
  // Its clock goes on while we compare.
  .filter((snapshots) => snapshots.every(({ timeNs }) => timeNs < nowNs || timeNs > nowNs + hourNs))

const span = fc
  .record({
    years: fc.constantFrom(0, 0, 1, 3),
    months: fc.constantFrom(0, 0, 1, 11),
    days: fc.constantFrom(0, 7, 30),
    hours: fc.constantFrom(0, 5),
  })
  .filter((value) => formatSpan(value) !== '')
const count = fc.constantFrom(1, 2, 3, 7, Infinity)
const tagRules = fc.constantFrom(['a'], ['a', 'b'], ['']).map((tags) => ({ kind: 'tags', tags }) as const)
const everyRules = periods.map((period) =>
  fc.option(fc.record({ kind: fc.constant('every' as const), period: fc.constant(period), count }), {
    freq: 2,
  }),
)
const withinRules = periods.map((period) =>
  fc.option(fc.record({ kind: fc.constant('every-within' as const), period: fc.constant(period), span }), {
    freq: 1,
  }),
)

/** In the order in which restic gives its reasons. */
const request = fc.record({
  by: fc.subarray([...groupings]),
  policy: fc
    .tuple(
      fc.option(tagRules),
      fc.option(fc.record({ kind: fc.constant('within' as const), span })),
      fc.option(fc.record({ kind: fc.constant('last' as const), count })),
      ...everyRules,
      ...withinRules,
    )
    .map((rules): RetentionPolicy => rules.filter((rule) => rule !== null))
    .filter((rules) => rules.some(({ kind }) => kind !== 'tags')),
})

async function writeAll(path: string, snapshots: readonly Snapshot[]): Promise<StoredSnapshot[]> {
  const repository = await initCheaply(placeAt(path))
  for (const snapshot of snapshots)
    await writeUnpacked(repository, 'snapshots', encodeSnapshot(snapshot), signal)
  return [...(await listSnapshots(repository, signal)).snapshots]
}

function reasonsOf(
  snapshots: readonly StoredSnapshot[],
  policy: RetentionPolicy,
  by: readonly Grouping[],
): Reasons {
  const groups = groupSnapshots(snapshots, (snapshot) => by.map((grouping) => labelOf(snapshot, grouping)))
  const verdicts = planRetention(groups, policy, { nowNs, allowEmptied: false }).flatMap(
    (group) => group.verdicts,
  )
  return Object.fromEntries(
    verdicts.flatMap((verdict) => (verdict.kind === 'stays' ? [[verdict.snapshot.id, verdict.reasons]] : [])),
  )
}

interface ResticGroup {
  readonly keep: readonly { readonly id: string }[]
  readonly reasons: readonly { readonly matches: readonly string[] }[]
}

function resticReasons(
  program: string,
  path: string,
  policy: RetentionPolicy,
  by: readonly Grouping[],
): Reasons {
  const words = [
    '--no-cache',
    '--no-lock',
    '-r',
    path,
    'forget',
    '--dry-run',
    '--json',
    '--group-by',
    by.join(),
  ]
  const output = execFileSync(program, [...words, ...policy.flatMap(optionOf)], {
    encoding: 'utf8',
    env: { ...process.env, RESTIC_PASSWORD: testPassword, TZ: 'UTC' },
  })
  const groups = JSON.parse(output) as ResticGroup[]
  return Object.fromEntries(
    groups.flatMap(({ keep, reasons }) => keep.map(({ id }, index) => [id, reasons[index]?.matches ?? []])),
  )
}

function optionOf(rule: RetentionRule): string[] {
  switch (rule.kind) {
    case 'tags':
      return ['--keep-tag', rule.tags.join()]
    case 'within':
      return ['--keep-within', formatSpan(rule.span)]
    case 'last':
      return ['--keep-last', countText(rule.count)]
    case 'every':
      return [`--keep-${rule.period}`, countText(rule.count)]
    case 'every-within':
      return [`--keep-within-${rule.period}`, formatSpan(rule.span)]
  }
}

/** 0.14 has no word for it, and both understand a great number. */
function countText(number: number): string {
  return number === Infinity ? '1000000' : `${number}`
}
