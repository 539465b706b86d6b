import { describe, expect, test } from 'vitest'
import { aServedInstance } from '../../../test/support/served.ts'
import { makeOperations } from '../make-api.ts'
import { listenOnLoopback } from './listen-on-loopback.ts'

describe('the port for programs that watch', () => {
  test('has the figures and the health, and nothing else of the API', async () => {
    await using served = await aServedInstance()
    await using listening = await listenOnLoopback(makeOperations(served.deps), {
      host: '127.0.0.1',
      port: 0,
    })
    const statusOf = async (path: string): Promise<number> =>
      (await fetch(`${listening.address}${path}`)).status

    const paths = ['/metrics', '/healthz', '/readyz', '/api/v1/instance']

    expect(await Promise.all(paths.map(statusOf))).toEqual([200, 200, 200, 404])
  })

  test('is open on no address that others reach', async () => {
    await using served = await aServedInstance()

    for (const host of ['0.0.0.0', '::', '192.0.2.1', '127.0.0.1.example.com'])
      await expect(listenOnLoopback(makeOperations(served.deps), { host, port: 0 })).rejects.toMatchObject({
        code: 'USAGE',
      })
  })
})
