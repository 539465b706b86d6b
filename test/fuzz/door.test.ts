import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fc } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { admitUsers } from '../../src/api/access/admit-users.ts'
import { type Admit, admitOwner } from '../../src/api/admission.ts'
import { makeServer } from '../../src/api/listening/make-server.ts'
import { makeApi } from '../../src/api/make-api.ts'
import { openApiDocument } from '../../src/api/openapi.ts'
import { aWorldOfSome, harmless } from '../support/harmless-world.ts'
import { canary } from '../support/openapi/arbitrary-requests.ts'
import { type ApiDescription, misfits } from '../support/openapi/schema.ts'
import { rawRequests } from '../support/raw-requests.ts'
import type { Served } from '../support/served.ts'

const isSlow = process.env['SLOW'] !== undefined
const numRuns = isSlow ? 30_000 : 600
const someCharacters = ['a', ' ', '/', '0', '=']
const moreCharacters = ['.', '-', '\\', ',', '@', ':', 'é', '\u00a0', '\t']
const characters = isSlow ? [...someCharacters, ...moreCharacters] : someCharacters
const api = JSON.parse(JSON.stringify(openApiDocument())) as ApiDescription

describe('whatever bytes come over a connection', () => {
  test.each<[string, (served: Served) => Admit]>([
    ['of the owner', () => admitOwner('tester')],
    ['of strangers', ({ deps }) => admitUsers(deps.instance)],
  ])(
    '%s, the answer is no fault, has no trace, no secret and no header of theirs, and an error is problem details',
    async (_, admit) => {
      await using served = await aWorldOfSome()
      await using server = await servedRaw(served, admit(served))

      await fc.assert(
        fc.asyncProperty(rawRequests(api), async (request) => {
          expectHarmless(request, await server.ask(request))
        }),
        { numRuns, interruptAfterTimeLimit: 200_000 },
      )

      expect(served.logged.filter(({ fields }) => fields['code'] === 'INTERNAL')).toEqual([])
      expect(JSON.stringify(served.logged)).not.toContain(canary)
      expect(await server.ask('GET /healthz HTTP/1.1\r\nhost: redoma\r\nconnection: close\r\n\r\n')).toMatch(
        /^HTTP\/1\.1 200 /,
      )
    },
  )

  test.each(characters)(
    'texts of three hundred thousand times %j take no operation longer than shorter ones would',
    async (character) => {
      await using served = await aWorldOfSome()
      const app = makeApi({ ...served.deps, instance: harmless(served) }, admitOwner('tester'))
      const text = `${character.repeat(300_000)}!`

      for (const [path, methods] of Object.entries(api.paths))
        for (const [method, { requestBody }] of Object.entries(methods)) {
          const schema = requestBody?.content['application/json'].schema
          if (schema === undefined) continue
          const answer = await app.request(path.replaceAll(/\{\w+\}/g, 'a'), {
            method: method.toUpperCase(),
            headers: { 'content-type': 'application/json', 'if-match': '*' },
            body: JSON.stringify(filledWith(schema, text, 0)),
          })
          // Patterns that grow with the square would take minutes, and be cut off.
          expect([path, answer.status]).not.toEqual([path, 500])
          await answer.body?.cancel()
        }
    },
  )
})

function expectHarmless(request: string, all: string): void {
  const answer = all.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '')
  // A connection that is ended without a word is what Node.js does with an upgrade or a tunnel that nobody offers.
  if (answer === '') return
  const at = answer.indexOf('\r\n\r\n')
  const [head, body] = [answer.slice(0, at), answer.slice(at + 4)]
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1])
  expect(status, answer.slice(0, 500)).not.toBe(500)
  expect(answer).not.toContain(canary)
  expect(answer).not.toMatch(/\n\s+at |node_modules|\.ts:\d/)
  expect(head).not.toMatch(/\nx-injected:|\nset-cookie: x=1/i)
  if (status < 400 || request.startsWith('HEAD ')) return
  expect(head, answer.slice(0, 500)).toMatch(/\r\ncontent-type: application\/problem\+json(\r\n|$)/i)
  const problem = JSON.parse(
    /\r\ntransfer-encoding: chunked/i.test(head) ? (body.split('\r\n')[1] ?? '') : body,
  ) as object
  expect(misfits(api, { $ref: '#/components/schemas/Problem' }, problem)).toEqual([])
  expect(problem).toMatchObject({ status })
}

/** On a socket, as it is served, but for the bounds of what is asked at once. */
async function servedRaw(served: Served, admit: Admit) {
  const everybody = { secondsToWait: () => 0, isShared: () => true }
  const server = makeServer(makeApi({ ...served.deps, instance: harmless(served) }, admit), everybody)
  const path = join(served.instance.home, 'raw.sock')
  server.listen(path)
  await once(server, 'listening')
  return {
    async ask(request: string): Promise<string> {
      const socket = connect(path)
      let text = ''
      socket.setEncoding('latin1').on('data', (piece: string) => {
        text += piece
        // Events go on for as long as somebody listens.
        if (/\r\ncontent-type: text\/event-stream/i.test(text)) socket.destroy()
      })
      socket.on('error', () => undefined).write(request, 'latin1')
      await once(socket, 'close')
      return text
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** What fits a schema but for its texts, which are all this one. */
function filledWith(
  asked: ApiDescription['components']['schemas'][string],
  text: string,
  depth: number,
): unknown {
  const schema =
    asked.$ref === undefined
      ? asked
      : (api.components.schemas[asked.$ref.replace('#/components/schemas/', '')] ?? {})
  const [option] = schema.anyOf ?? schema.oneOf ?? []
  if (option !== undefined) return filledWith(option, text, depth + 1)
  if ('const' in schema) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  if (schema.type === 'array') return depth > 6 ? [] : [filledWith(schema.items ?? {}, text, depth + 1)]
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1
  if (schema.type === 'boolean') return true
  if (schema.properties === undefined) return text
  return Object.fromEntries(
    Object.entries(schema.properties).map(([name, one]) => [name, filledWith(one, text, depth + 1)]),
  )
}
