import { expect, test } from 'vitest'
import { opensAlone } from './opens-alone.ts'

const groups = [
  { name: 'board', threshold: 2, count: 3 },
  { name: 'operations', threshold: 1, count: 1 },
  { name: 'auditors', threshold: 2, count: 2 },
]

test.each([
  [[1, 2, 4], true],
  [[4, 5, 6], true],
  [[1, 2, 3, 5], false],
  [[3, 4, 5], false],
  [[], false],
] as const)('of three groups, two of which are needed, the shares %j open alone: %s', (numbers, opens) => {
  expect(opensAlone({ groupThreshold: 2, groups }, new Set(numbers))).toBe(opens)
})
