import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { groupFiles } from './grouping.ts'
import type { RawName } from './raw-name.ts'

const raw = (names: readonly string[]): RawName[] => names as RawName[]
const name = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('a', 'b', 'typescript', 'log', 'timing'),
      fc.subarray(['.cast', '.log', '.timing', '.json', '.gz', '.out']),
    )
    .map(([stem, suffixes]) => stem + suffixes.join('')),
  fc.string({ minLength: 1 }).filter((text) => !text.includes('/')),
)
const folder = fc.constantFrom('', 'x', 'x/11111111-2222-4333-8444-555555555555')

property.prop([folder, fc.uniqueArray(name)])('every file is in exactly one recording', (at, names) => {
  const groups = groupFiles(at as RawName, raw(names))

  expect(groups.flatMap((group) => group.names).toSorted()).toEqual(names.toSorted())
})

property.prop([folder, fc.uniqueArray(name)])('the order of the folder changes nothing', (at, names) => {
  expect(groupFiles(at as RawName, raw(names))).toEqual(groupFiles(at as RawName, raw(names.toReversed())))
})

test('a timing file goes with its log, a sidecar with the only recording of its name', () => {
  const groups = groupFiles(
    '' as RawName,
    raw(['a.out', 'a.timing', 'a.in', 'b.cast', 'b.json', 'c.json', 'd.timing']),
  )

  expect(groups.map((group) => group.names)).toEqual([
    ['a.in', 'a.out', 'a.timing'],
    ['b.cast', 'b.json'],
    ['c.json'],
    ['d.timing'],
  ])
})
