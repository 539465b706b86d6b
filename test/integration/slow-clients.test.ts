import { once } from 'node:events'
import { connect as connectPlainly, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { connect } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { type Patience, usualPatience } from '../../src/api/listening/make-server.ts'
import { askByHttps, type ServedByHttps, servedByHttps } from '../support/https.ts'
import { aServedInstance } from '../support/served.ts'

/** As it is served, or at thirty times the speed. */
const patience: Patience =
  process.env['SLOW'] === undefined
    ? { handshake: 300, headers: 300, request: 1000, idle: 300, stuck: 5000, look: 60 }
    : usualPatience
const head = 'POST /api/v1/credentials HTTP/1.1\r\nhost: vault.example.com\r\n'
const asJson = 'content-type: application/json\r\n'

describe('who is slow', () => {
  test.each([
    ['sends headers without an end', head, 'x-more: ', 408],
    ['sends nothing at all, once it is connected', '', '', 408],
    ['sends a body without an end', `${head}${asJson}content-length: 100000\r\n\r\n`, 'a', 408],
  ])(
    'and %s is hung up on in time, while others are served',
    { timeout: 120_000 },
    async (_, first, more, status) => {
      await using served = await aServedInstance()
      await using https = await servedByHttps(served, { patience })
      const socket = await connected(https)
      const answer = answerOf(socket)
      socket.write(first)
      const dripping = drip(socket, more)

      expect((await askByHttps(https, '/healthz')).status).toBe(200)
      const text = await answer

      expectProblem(text, status)
      await dripping
    },
  )

  test('and never agrees upon keys is hung up on in time', { timeout: 60_000 }, async () => {
    await using served = await aServedInstance()
    await using https = await servedByHttps(served, { patience })
    const socket = connectPlainly({ host: '127.0.0.1', port: https.port })

    await once(
      socket.resume().on('error', () => undefined),
      'close',
    )

    expect((await askByHttps(https, '/healthz')).status).toBe(200)
  })
})

describe('what is no request', () => {
  test.each([
    ['of headers that are too long', `${head}x: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['of another protocol', 'EHLO mail.example.com\r\n\r\n', 400],
    ['with two lengths', `${head}${asJson}content-length: 1\r\ncontent-length: 2\r\n\r\nab`, 400],
    [
      'with a length and in chunks',
      `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['with a line feed alone in a header', `${head}x: a\nb: c\r\n\r\n`, 400],
    ['with NUL in a header', `${head}x: a\0b\r\n\r\n`, 400],
    ['with a blank in the name of a header', `${head}x y: a\r\n\r\n`, 400],
    ['with NUL in its path', 'GET /api\0/v1 HTTP/1.1\r\nhost: vault.example.com\r\n\r\n', 400],
    ['for no host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
    ['for no host, by an older protocol', 'GET /healthz HTTP/1.0\r\n\r\n', 400],
    ['for what is no name of a host', 'GET /healthz HTTP/1.1\r\nhost: a/b@c\r\n\r\n', 400],
    ['for a path that is none', 'GET api/v1 HTTP/1.1\r\nhost: vault.example.com\r\n\r\n', 400],
  ])(
    '%s is refused with problem details, and the connection is closed or goes on',
    async (_, request, status) => {
      await using served = await aServedInstance()
      await using https = await servedByHttps(served, { patience })
      const socket = await connected(https)
      const answer = answerOf(socket)

      socket.end(request, 'latin1')

      expectProblem(await answer, status)
      expect((await askByHttps(https, '/healthz')).status).toBe(200)
    },
  )
})

async function connected({ port, certificate }: ServedByHttps): Promise<Socket> {
  const ca = certificate.pair().certificate
  const socket = connect({ host: '127.0.0.1', port, ca, servername: 'vault.example.com' })
  await once(socket, 'secureConnect')
  return socket
}

/** All that comes until the other end hangs up. */
async function answerOf(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  socket.on('error', () => undefined)
  if (!socket.closed) await once(socket, 'close')
  return text
}

/** A little every now and then, for as long as it is taken. */
async function drip(socket: Socket, more: string): Promise<void> {
  while (!socket.destroyed && socket.writable) {
    if (more !== '') socket.write(more)
    await wait(patience.look / 2)
  }
}

function expectProblem(answer: string, status: number): void {
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(answer).toMatch(/\r\ncontent-type: application\/problem\+json\r\n/i)
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4)
  const code = status === 431 ? 'LIMIT_EXCEEDED' : 'USAGE'
  expect(JSON.parse(body)).toMatchObject({ status, code, requestId: expect.any(String) as string })
}
