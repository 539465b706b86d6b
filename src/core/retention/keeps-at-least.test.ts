import { expect, test } from 'vitest'
import { keepsAtLeast } from './keeps-at-least.ts'
import type { RetentionPolicy } from './policy.ts'

const all: RetentionPolicy = []
const last = (count: number): RetentionPolicy => [{ kind: 'last', count }]
const daily = (count: number): RetentionPolicy => [{ kind: 'every', period: 'daily', count }]
const days = (number: number): RetentionPolicy => [
  { kind: 'within', span: { years: 0, months: 0, days: number, hours: 0 } },
]

test.each([
  ['all', all, last(3), true],
  ['a rule, of all,', last(3), all, false],
  ['the same', last(3), last(3), true],
  ['more of the last', last(4), last(3), true],
  ['fewer of the last', last(2), last(3), false],
  ['without end', last(Number.POSITIVE_INFINITY), last(3), true],
  ['one rule more', [...last(3), ...daily(7)], last(3), true],
  ['one rule less', last(3), [...last(3), ...daily(7)], false],
  ['another kind of rule', daily(7), last(3), false],
  ['days instead of weeks', daily(7), [{ kind: 'every', period: 'weekly', count: 7 }], false],
  ['a longer span', days(30), days(14), true],
  ['a shorter span', days(7), days(14), false],
  ['another tag', [{ kind: 'tags', tags: ['a'] }], [{ kind: 'tags', tags: ['b'] }], false],
] as const satisfies readonly (readonly [string, RetentionPolicy, RetentionPolicy, boolean])[])(
  'a policy of %s keeps at least what the other does, or not',
  (_, policy, other, isSo) => {
    expect(keepsAtLeast(policy, other)).toBe(isSo)
  },
)
