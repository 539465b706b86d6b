import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { ApiEnvironment } from '../contract/route.ts'
import { Refused } from '../problems/refused.ts'
import { limitRates } from './limit-rates.ts'

test('a client that asked too often is taken again when it was told to come back, and not before', async () => {
  const { ask, pass } = aDoor({ perSecond: 2, burst: 3 })

  expect([await ask('a'), await ask('a'), await ask('a'), await ask('a')]).toEqual(['in', 'in', 'in', '1'])
  pass(499)
  expect(await ask('a')).toBe('1')
  pass(1)
  expect([await ask('a'), await ask('a')]).toEqual(['in', '1'])
})

test('one that was quiet for long may ask no more at once than anybody', async () => {
  const { ask, pass } = aDoor({ perSecond: 100, burst: 2 })
  await ask('a')

  pass(86_400_000)

  expect([await ask('a'), await ask('a'), await ask('a')]).toEqual(['in', 'in', '1'])
})

test('whoever has a network of IPv6 is one client, however many addresses of it are taken', async () => {
  const { ask } = aDoor({ perSecond: 1, burst: 1 })

  expect(await ask('2001:db8:1:2::1')).toBe('in')
  expect(await ask('2001:db8:1:2:ffff:ffff:ffff:ffff')).toBe('1')
  expect(await ask('2001:db8:1:3::1')).toBe('in')
  expect(await ask('2001:db8::')).toBe('in')
  expect(await ask('2001:db8::1')).toBe('1')
  expect(await ask('::1')).toBe('in')
})

test('of many clients those are forgotten that were quiet for longest, and no more are remembered than may be', async () => {
  const { ask } = aDoor({ perSecond: 1, burst: 1, mostClients: 2 })

  expect([await ask('a'), await ask('b'), await ask('a'), await ask('c')]).toEqual(['in', 'in', '1', 'in'])
  // `a` was heard of after `b`.
  expect([await ask('a'), await ask('b')]).toEqual(['1', 'in'])
})

/** What each client is told: that it is in, or after how many seconds to come back. */
function aDoor(limits: {
  readonly perSecond: number
  readonly burst: number
  readonly mostClients?: number
}) {
  let now = 0
  let client = ''
  const app = new Hono<ApiEnvironment>()
  app.use(async (context, next) => {
    context.set('client', client)
    await next()
  })
  app.use(limitRates({ mostClients: 10, ...limits, now: () => now }))
  app.onError((error, context) =>
    context.text(error instanceof Refused ? (error.headers['retry-after'] ?? '') : 'fault'),
  )
  app.get('/', (context) => context.text('in'))
  return {
    ask: async (of: string): Promise<string> => {
      client = of
      return (await app.request('/')).text()
    },
    pass: (milliseconds: number): void => {
      now += milliseconds
    },
  }
}
