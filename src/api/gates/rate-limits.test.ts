import { expect, test } from 'vitest'
import { rateLimits } from './rate-limits.ts'

test('a client that asked too often is taken again when it was told to come back, and not before', () => {
  const { ask, pass } = aDoor({ perSecond: 2, burst: 3 })

  expect([ask('a'), ask('a'), ask('a'), ask('a')]).toEqual([0, 0, 0, 1])
  pass(499)
  expect(ask('a')).toBe(1)
  pass(1)
  expect([ask('a'), ask('a')]).toEqual([0, 1])
})

test('one that was quiet for long may ask no more at once than anybody', () => {
  const { ask, pass } = aDoor({ perSecond: 100, burst: 2 })
  ask('a')

  pass(86_400_000)

  expect([ask('a'), ask('a'), ask('a')]).toEqual([0, 0, 1])
})

test('whoever has a network of IPv6 is one client, however many addresses of it are taken', () => {
  const { ask } = aDoor({ perSecond: 1, burst: 1 })

  expect(ask('2001:db8:1:2::1')).toBe(0)
  expect(ask('2001:db8:1:2:ffff:ffff:ffff:ffff')).toBe(1)
  expect(ask('2001:db8:1:3::1')).toBe(0)
  expect(ask('2001:db8::')).toBe(0)
  expect(ask('2001:db8::1')).toBe(1)
  expect(ask('::1')).toBe(0)
})

test('of many clients those are forgotten that were quiet for longest, and no more are remembered than may be', () => {
  const { ask } = aDoor({ perSecond: 1, burst: 1, mostClients: 2 })

  expect([ask('a'), ask('b'), ask('a'), ask('c')]).toEqual([0, 0, 1, 0])
  // `a` was heard of after `b`.
  expect([ask('a'), ask('b')]).toEqual([1, 0])
})

function aDoor(limits: {
  readonly perSecond: number
  readonly burst: number
  readonly mostClients?: number
}) {
  let now = 0
  return {
    ask: rateLimits({ mostClients: 10, ...limits }, () => now),
    pass: (milliseconds: number): void => {
      now += milliseconds
    },
  }
}
