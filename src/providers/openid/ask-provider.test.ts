import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { askProvider, isSafe } from './ask-provider.ts'
import { failureOf } from './failures.ts'

test.each([
  ['https://login.example.com/a', true],
  ['http://127.0.0.1:8080', true],
  ['http://localhost:8080', true],
  ['http://[::1]:8080', true],
  ['http://login.example.com', false],
  ['http://127.0.0.1.example.com', false],
  ['http://localhost.example.com', false],
  ['http://192.0.2.1', false],
  ['ftp://127.0.0.1', false],
  ['file:///etc/passwd', false],
])('%s is asked: %s', async (address, expected) => {
  expect(isSafe(new URL(address))).toBe(expected)
})

test('what does not answer in time is not waited for', async () => {
  const asked = Promise.withResolvers<undefined>()
  const server = createServer(() => {
    asked.resolve(undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const stop = new AbortController()
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const request = {
      method: 'GET',
      headers: {},
      body: undefined,
      redirect: 'manual',
      signal: stop.signal,
    } as const
    const answer = askProvider(undefined)(address, request)
    await asked.promise
    stop.abort()

    const error: unknown = await answer.catch((thrown: unknown) => thrown)
    expect(failureOf(error, 'https://login.example.com')).toMatchObject({
      ...{ code: 'PROVIDER_FAILED', hint: expect.stringContaining('--test') as string },
      message: 'the provider https://login.example.com cannot be used: it did not answer in time',
    })
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
