import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { aServedInstance } from '../../../test/support/served.ts'
import type { ApiEnvironment } from '../contract/route.ts'
import { boundTime } from '../limits.ts'
import { doOnce } from './do-once.ts'

test('what was done after its time was over is not done again under its key', async () => {
  await using served = await aServedInstance()
  const hold = Promise.withResolvers<undefined>()
  const ended = Promise.withResolvers<undefined>()
  let times = 0
  const app = new Hono<ApiEnvironment>()
  app.use(boundTime(50))
  app.onError((error, context) => context.text(error.message, 503))
  app.use(async (_, next) => {
    await next()
    ended.resolve(undefined)
  })
  app.use(doOnce(served.deps))
  app.post('/things', async (context) => {
    times += 1
    await hold.promise
    return context.text('made', 201)
  })
  const post = () => app.request('/things', { method: 'POST', headers: { 'idempotency-key': 'k' } })

  expect((await post()).status).toBe(503)
  hold.resolve(undefined)
  await ended.promise
  const again = await post()

  expect(again.status).toBe(503)
  expect(await again.text()).toContain('Idempotency-Key')
  expect(times).toBe(1)
})

test('one key does not answer for a request that differs in its query alone', async () => {
  await using served = await aServedInstance()
  const app = new Hono<ApiEnvironment>()
  app.onError((error, context) => context.text(error.message, 422))
  app.use(doOnce(served.deps))
  app.post('/things', (context) => context.text(`made ${context.req.query('kind')}`, 201))
  const post = (query: string) =>
    app.request(`/things?${query}`, { method: 'POST', headers: { 'idempotency-key': 'k' } })

  const first = await post('kind=a')
  const other = await post('kind=b')
  const again = await post('kind=a')

  expect([first.status, other.status, again.status]).toEqual([201, 422, 201])
  expect(await again.text()).toBe('made a')
})
