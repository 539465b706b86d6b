import { createRoute as unguarded } from '@hono/zod-openapi'
import { describe, expect, test } from 'vitest'
import { alterCatalogue } from '../../test/support/instance.ts'
import { aServedInstance } from '../../test/support/served.ts'
import { RedomaError } from '../core/errors.ts'
import { admitNobody } from './admission.ts'
import { type Api, createRoute } from './contract/route.ts'
import { makeApi } from './make-api.ts'

describe('the API', () => {
  test('says what the instance is, and how much it has', async () => {
    await using served = await aServedInstance()
    const { id, name } = served.instance.catalogue.instance

    const answer = await served.api.request('/api/v1/instance')

    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.json()).toEqual({
      ...{ id, name, createdAt: '2026-03-01T05:00:00.000Z', isAppliance: false, version: '1.2.3' },
      ...{ credentials: 0, sources: 0, destinations: 0, generation: 0 },
      runs: { running: 0, done: 0, 'done-with-warnings': 0, failed: 0, cancelled: 0, lost: 0 },
    })
  })

  test('answers a path that is none with problem details, under the id of the request', async () => {
    await using served = await aServedInstance()

    const answer = await served.api.request('/api/v1/nowhere', { headers: { 'x-request-id': 'mine-1' } })

    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.headers.get('x-request-id')).toBe('mine-1')
    expect(await answer.json()).toEqual({
      type: 'urn:redoma:problem:NOT_FOUND',
      title: 'Not Found',
      status: 404,
      detail: 'there is no GET /api/v1/nowhere',
      code: 'NOT_FOUND',
      requestId: 'mine-1',
    })
  })

  test('takes no request id that could forge a line of the log', async () => {
    await using served = await aServedInstance()

    const answer = await served.api.request('/healthz', { headers: { 'x-request-id': 'a b' } })

    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('tells nothing of what was thrown inside, but for its id, under which the log has it', async () => {
    await using served = await aServedInstance()
    plant(served.api, '/broken', () => {
      throw new TypeError('hunter2 is undefined')
    })

    const answer = await served.api.request('/broken')
    const text = await answer.text()

    expect(answer.status).toBe(500)
    expect(text).not.toMatch(/hunter2|TypeError|at /)
    const { requestId } = JSON.parse(text) as { requestId: string }
    expect(served.logged).toMatchObject([
      {
        level: 'error',
        event: 'request failed',
        fields: { requestId, code: 'INTERNAL', why: 'hunter2 is undefined' },
      },
    ])
  })

  test('answers one of our errors with its code, message and hint', async () => {
    await using served = await aServedInstance()
    plant(served.api, '/busy', () => {
      throw new RedomaError('RUN_UNDER_WAY', 'run 3 is under way', { hint: 'Wait.' })
    })

    const answer = await served.api.request('/busy')

    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({
      code: 'RUN_UNDER_WAY',
      detail: 'run 3 is under way',
      hint: 'Wait.',
    })
  })

  test('leaves a route that does not say who may ask it to nobody, not even to the owner', async () => {
    await using served = await aServedInstance()
    served.api.get('/forgotten', (context) => context.text('here'))
    const undescribed = unguarded({ method: 'get', path: '/undescribed', responses: {} })
    served.api.openapi(undescribed, (context) => context.text('here') as never)

    const statuses = await Promise.all(
      ['/forgotten', '/undescribed'].map(async (path) => (await served.api.request(path)).status),
    )

    expect(statuses).toEqual([500, 500])
  })

  test('reads no body beyond its limit, and none that does not say how long it is', async () => {
    await using served = await aServedInstance()
    const send = (headers: Record<string, string>): Promise<Response> =>
      Promise.resolve(served.api.request('/api/v1/credentials', { method: 'POST', body: '{}', headers }))

    const long = await send({ 'content-length': String(1024 * 1024 + 1) })
    const unsaid = await send({ 'transfer-encoding': 'chunked' })

    expect([long.status, unsaid.status]).toEqual([413, 411])
    expect(await long.json()).toMatchObject({ code: 'LIMIT_EXCEEDED' })
    expect(await unsaid.json()).toMatchObject({ code: 'LENGTH_MISSING' })
  })

  test('lets nobody in where nobody has said who asks, to what is there and to what is not, and says that it lives', async () => {
    await using served = await aServedInstance()
    const app = makeApi(served.deps, admitNobody)
    const ask = (path: string, method = 'GET'): Promise<Response> =>
      Promise.resolve(app.request(path, { method }))

    const refused = [
      await ask('/api/v1/instance'),
      await ask('/api/v1/nowhere'),
      await ask('/api/v1'),
      await ask('/api/v1/runs', 'POST'),
      await ask('/metrics'),
    ]

    expect(refused.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401])
    expect(refused[0]?.headers.get('www-authenticate')).toBe('Bearer')
    expect(refused[0]?.headers.get('content-type')).toBe('application/problem+json')
    expect([(await ask('/healthz')).status, (await ask('/readyz')).status]).toEqual([200, 200])
  })

  test('is not ready when the catalogue cannot be read, nor when it is being stopped, and lives all the same', async () => {
    await using served = await aServedInstance()
    const statuses = async (): Promise<number[]> =>
      Promise.all(['/healthz', '/readyz'].map(async (path) => (await served.api.request(path)).status))
    expect(await statuses()).toEqual([200, 200])

    alterCatalogue(served.instance.home, 'alter table run rename to gone')
    expect(await statuses()).toEqual([200, 503])
    alterCatalogue(served.instance.home, 'alter table gone rename to run')
    expect(await statuses()).toEqual([200, 200])

    served.stop()
    expect(await statuses()).toEqual([200, 503])
  })
})

function plant(api: Api, path: string, handler: () => never): void {
  api.openapi(createRoute({ method: 'get', path, 'x-permission': 'anyone', responses: {} }), handler)
}
