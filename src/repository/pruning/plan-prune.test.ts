import { describe, expect, test } from 'vitest'
import type { ObjectId } from '../ids.ts'
import type { PackUsage } from './pack-usage.ts'
import { planPrune } from './plan-prune.ts'
import { defaultPruneOptions, type PruneOptions } from './prune-options.ts'

const mebibyte = 1024 ** 2

describe('a plan to prune', () => {
  test('keeps what is needed, removes what is not, and what no index names', () => {
    const plan = planPrune(
      [aPack({ used: 16 }), aPack({ unused: 16 })],
      [{ id: '' as ObjectId, size: 5 * mebibyte }],
      defaultPruneOptions,
    )

    expect(plan.fates).toEqual(['keep', 'remove'])
    expect(plan.figures).toMatchObject({ freedBytes: 21 * mebibyte, removedPacks: 1, unindexedPacks: 1 })
  })

  test('writes those packs anew that waste most, until little enough is unused', () => {
    const packs = [aPack({ used: 15, unused: 1 }), aPack({ used: 4, unused: 12 }), aPack({ used: 190 })]

    expect(planPrune(packs, [], defaultPruneOptions).fates).toEqual(['keep', 'repack', 'keep'])
    expect(fatesOf(packs, { maxUnused: { kind: 'bytes', bytes: 0 } })).toEqual(['repack', 'repack', 'keep'])
    expect(fatesOf(packs, { maxUnused: { kind: 'unlimited' } })).toEqual(['keep', 'keep', 'keep'])
  })

  test('writes no more anew than it is let, and removes all the same', () => {
    const packs = [aPack({ used: 10, unused: 6 }), aPack({ used: 8, unused: 8 }), aPack({ unused: 16 })]

    expect(fatesOf(packs, { maxRepackBytes: 16 * mebibyte })).toEqual(['keep', 'repack', 'remove'])
    expect(fatesOf(packs, { maxRepackBytes: 0 })).toEqual(['keep', 'keep', 'remove'])
  })

  test('writes packs anew that hold data and trees, and trees that are partly used', () => {
    const packs = [aPack({ used: 16, kind: 'mixed' }), aPack({ used: 15.9, unused: 0.1, kind: 'tree' })]

    expect(fatesOf(packs, { maxUnused: { kind: 'unlimited' } })).toEqual(['repack', 'repack'])
  })

  test('makes small packs one when there are many of a kind, not before', () => {
    const small = Array.from({ length: 10 }, () => aPack({ used: 1 }))

    expect(new Set(fatesOf(small, {}))).toEqual(new Set(['repack']))
    expect(new Set(fatesOf([...small.slice(1), aPack({ used: 1, kind: 'tree' })], {}))).toEqual(
      new Set(['keep']),
    )
  })
})

function fatesOf(packs: readonly PackUsage[], but: Partial<PruneOptions>): readonly string[] {
  return planPrune(packs, [], { ...defaultPruneOptions, ...but }).fates
}

/** Sizes are in MiB. */
function aPack({ used = 0, unused = 0, kind = 'data' as PackUsage['kind'] }): PackUsage {
  return {
    id: '' as ObjectId,
    kind,
    size: (used + unused) * mebibyte,
    usedBlobs: Math.ceil(used),
    usedBytes: used * mebibyte,
    unusedBlobs: Math.ceil(unused),
    unusedBytes: unused * mebibyte,
  }
}
