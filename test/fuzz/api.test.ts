import { fc } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { admitUsers } from '../../src/api/access/admit-users.ts'
import { makeApi } from '../../src/api/make-api.ts'
import { openApiDocument } from '../../src/api/openapi.ts'
import { statusOfCode } from '../../src/api/problems/status-of-code.ts'
import type { ErrorCode } from '../../src/core/errors.ts'
import { aWorldOfSome, harmless } from '../support/harmless-world.ts'
import { canary, type MadeUpRequest, requestsFor } from '../support/openapi/arbitrary-requests.ts'
import { type ApiDescription, misfits, type Operation } from '../support/openapi/schema.ts'
import { aBrowserOf, aUser } from '../support/users.ts'

const runs = process.env['SLOW'] === undefined ? 40 : 2000
const api = JSON.parse(JSON.stringify(openApiDocument())) as ApiDescription

const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(
    ([method, operation]) => [`${method.toUpperCase()} ${path}`, path, method, operation] as const,
  ),
)

const accepted = new Set<string>()

describe('whatever is asked of the API', () => {
  test.each(operations)(
    '%s answers as described, without a fault, a trace or a secret',
    async (_, path, method, operation) => {
      await using served = await aWorldOfSome()
      const boss = await aUser(served.instance, 'boss', 'administrator')
      await aUser(served.instance, 'other', 'administrator')
      const app = makeApi({ ...served.deps, instance: harmless(served) }, admitUsers(served.deps.instance))

      await fc.assert(
        fc.asyncProperty(requestsFor(api, path, method, operation), async (request) => {
          const browser = await aBrowserOf(served.instance, boss)
          const answer = await app.request(request.path, requestOf(request, browser))
          if (answer.status < 400) accepted.add(operation.operationId)
          await expectDescribed(operation, answer)
        }),
        { numRuns: runs, interruptAfterTimeLimit: 60_000 },
      )

      expect(
        served.logged.filter(({ event }) => event === 'request failed').map(({ fields }) => fields['code']),
      ).not.toContain('INTERNAL')
      expect(JSON.stringify(served.logged)).not.toContain(canary)
    },
  )

  test('is accepted often enough that more than the parser was asked', () => {
    // By chance: what needs a password typed again, or something that is there, is met seldom.
    expect(accepted.size).toBeGreaterThan(operations.length / 3)
  })
})

function requestOf(
  { method, headers, body }: MadeUpRequest,
  browser: Readonly<Record<string, string>>,
): RequestInit {
  const all = { ...headers, ...browser }
  return body === undefined ? { method, headers: all } : { method, headers: all, body }
}

async function expectDescribed({ responses }: Operation, answer: Response): Promise<void> {
  const type = answer.headers.get('content-type') ?? ''
  if (type === 'text/event-stream') {
    await answer.body?.cancel()
    expect(responses['200']?.content).toHaveProperty('text/event-stream')
    return
  }
  const text = await answer.text()
  expect(answer.status, text).not.toBe(500)
  expect(text).not.toContain(canary)
  expect(text).not.toMatch(/\n\s+at |node_modules|\.ts:\d/)
  const described = responses[answer.status >= 400 ? 'default' : String(answer.status)]
  expect(described, `${answer.status} ${text}`).toBeDefined()
  const schema = described?.content?.[type]?.schema
  if (text === '') return
  expect(schema, `${answer.status} ${type}`).toBeDefined()
  if (!type.endsWith('json') || schema === undefined) return
  const value = JSON.parse(text) as { readonly code?: ErrorCode; readonly status?: number }
  expect(misfits(api, schema, value), text).toEqual([])
  if (answer.status >= 400) {
    expect(value.status).toBe(answer.status)
    expect(statusOfCode).toHaveProperty(String(value.code))
  }
}
