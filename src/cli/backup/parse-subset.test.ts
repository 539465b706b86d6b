import { expect, test } from 'vitest'
import { parseSubset } from './parse-subset.ts'

test.each([
  ['3/10', { kind: 'part', part: 3, of: 10 }],
  ['256/256', { kind: 'part', part: 256, of: 256 }],
  ['5%', { kind: 'share', percent: 5 }],
  ['2.5%', { kind: 'share', percent: 2.5 }],
  ['500M', { kind: 'bytes', bytes: 500 * 1024 * 1024 }],
])('%s is a part of the data', (text, choice) => {
  expect(parseSubset(text)).toEqual(choice)
})

test.each(['0/10', '11/10', '1/257', '0%', '101%', 'all', '1/'])('%s is not', (text) => {
  expect(() => parseSubset(text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
})
