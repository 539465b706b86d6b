import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { ApiEnvironment } from '../contract/route.ts'
import { Refused } from '../problems/refused.ts'
import { boundInFlight } from './bound-in-flight.ts'

test('who comes while enough is being answered is sent away at once, and let in when there is room, also after a fault', async () => {
  const hold = Promise.withResolvers<undefined>()
  const app = new Hono<ApiEnvironment>()
  app.use(boundInFlight(2))
  app.onError((error, context) => context.text('', error instanceof Refused ? error.status : 500))
  app.get('/held', async (context) => {
    await hold.promise
    return context.text('')
  })
  app.get('/broken', () => {
    throw new Error('a fault')
  })
  const statusOf = async (path: string): Promise<number> => (await app.request(path)).status
  const held = [statusOf('/held'), statusOf('/held')]

  expect(await statusOf('/held')).toBe(503)
  hold.resolve(undefined)
  expect(await Promise.all(held)).toEqual([200, 200])
  expect([await statusOf('/broken'), await statusOf('/broken'), await statusOf('/broken')]).toEqual([
    500, 500, 500,
  ])
  expect(await statusOf('/held')).toBe(200)
})
