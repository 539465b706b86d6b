import { expect, test } from 'vitest'
import { isFinished } from './finished.ts'

const now = new Date('2026-03-01T12:00:00Z')
const secondsAgo = (seconds: number): Date => new Date(now.getTime() - seconds * 1000)
const day = 24 * 60 * 60

test.each([
  ['with its end mark is finished at once', 'ended', 0, 300, 'finished'],
  ['without any mark waits for the settle time', 'none', 299, 300, 'not-yet'],
  ['without any mark is finished when it has settled', 'none', 300, 300, 'finished'],
  ['whose mark has not come yet is not finished, however settled', 'not-yet', day - 1, 300, 'not-yet'],
  ['whose mark has not come for a day was interrupted', 'not-yet', day, 300, 'interrupted'],
  ['is given a longer settle time than a day', 'not-yet', day, 2 * day, 'not-yet'],
  ['from a clock that runs ahead waits', 'none', -60, 0, 'not-yet'],
] as const)('a recording %s', (_, mark, quietSeconds, settleSeconds, expected) => {
  expect(isFinished(mark, secondsAgo(quietSeconds), now, settleSeconds).kind).toBe(expected)
})
