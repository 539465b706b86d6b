import fc from 'fast-check'

const name = fc.integer({ min: 0, max: 5 })
const change = fc.record({
  act: fc.constantFrom('write', 'empty', 'remove', 'rename', 'hard link', 'symbolic link', 'folder'),
  name,
  other: name,
  seed: fc.integer({ min: 1, max: 12 }),
})
const failAt = fc.option(fc.integer({ min: 1, max: 24 }), { freq: 2, nil: undefined })
const failsAfter = fc.boolean()
const count = fc.integer({ min: 1, max: 3 })
const period = fc.constantFrom('hourly' as const, 'daily' as const, 'monthly' as const)
const rule = fc.oneof(
  fc.record({ kind: fc.constant('last' as const), count }),
  fc.record({ kind: fc.constant('every' as const), period, count }),
)
export const command = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.record({
      kind: fc.constant('backup' as const),
      changes: fc.array(change, { minLength: 1, maxLength: 5 }),
      failAt,
      failsAfter,
    }),
  },
  {
    weight: 20,
    arbitrary: fc.record({ kind: fc.constant('forget' as const), side: fc.nat(1), pick: fc.nat(9) }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('keep by rules' as const),
      side: fc.nat(1),
      rules: fc.uniqueArray(rule, { minLength: 1, maxLength: 3, selector: ({ kind }) => kind }),
    }),
  },
  {
    weight: 30,
    arbitrary: fc.record({
      kind: fc.constant('prune' as const),
      side: fc.nat(1),
      maxUnused: fc.constantFrom(0, 5, 50, 100),
      maxRepackBytes: fc.constantFrom(0, 5_000, Infinity),
      failAt,
      failsAfter,
    }),
  },
  {
    weight: 20,
    arbitrary: fc.record({ kind: fc.constant('copy' as const), from: fc.nat(1), failAt, failsAfter }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('repair index' as const),
      side: fc.nat(1),
      readAllPacks: fc.boolean(),
      failAt,
      failsAfter,
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('restore' as const),
      side: fc.nat(1),
      pick: fc.nat(9),
      inPlace: fc.boolean(),
    }),
  },
  // A process of another program takes longer than all the rest of a sequence.
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('stock restic' as const),
      act: fc.constantFrom('backup' as const, 'forget' as const, 'prune' as const),
      pick: fc.nat(9),
    }),
  },
)
export type Command = typeof command extends fc.Arbitrary<infer T> ? T : never
export type Change = typeof change extends fc.Arbitrary<infer T> ? T : never
export type Fault = Pick<Extract<Command, { kind: 'backup' }>, 'failAt' | 'failsAfter'>
