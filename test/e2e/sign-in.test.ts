import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { collectBytes } from '../../src/core/bytes.ts'
import { atTerminal } from '../support/at-terminal.ts'
import { aProtectedTree } from '../support/protected-tree.ts'

const password = 'nine violet otters hum softly'

test('who starts the daemon at a terminal gets a link, by which the first administrator sets a password, signs in and asks by a token', async () => {
  await using world = await aProtectedTree()
  await using daemon = atTerminal(world.home, ['serve', '--https', '127.0.0.1:0'])
  const [, port = '', path, invitation = ''] = await daemon.sees(
    /https:\/\/127\.0\.0\.1:(\d+)(\/invitation)#\s*(rdmi_[0-9a-f]{32}_[A-Za-z0-9_-]{43})\s/,
  )
  const ca = await readFile(join(world.home, 'tls', 'certificate.pem'), 'utf8')
  const ask = (...words: Asked): Promise<Answer> => asked(port, ca, words)

  const page = await ask('GET', path ?? '')
  const accept = ['POST', '/api/v1/invitations/acceptance', { invitation, password, name: 'boss' }] as const
  const accepted = await ask(...accept)
  const again = await ask(...accept)
  const signedIn = await ask('POST', '/api/v1/session', { name: 'boss', password })
  const [cookie = ''] = signedIn.headers['set-cookie'] ?? []
  const browser = { cookie: cookie.split(';')[0] ?? '', 'sec-fetch-site': 'same-origin' }
  const wanted = { name: 'ci', permissions: ['view'], proof: { password } }
  const made = await ask('POST', '/api/v1/tokens', wanted, browser)
  const { token } = JSON.parse(made.text) as { token: string }
  const bearer = { authorization: `Bearer ${token}` }

  expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'sha256-")
  expect([accepted.status, again.status, signedIn.status, made.status]).toEqual([200, 401, 200, 201])
  expect((await ask('GET', '/api/v1/instance', undefined, bearer)).status).toBe(200)
  expect((await ask('GET', '/api/v1/credentials', undefined, bearer)).status).toBe(403)
  expect((await ask('GET', '/api/v1/credentials', undefined, browser)).status).toBe(200)
  expect((await ask('POST', '/api/v1/tokens', wanted, bearer)).status).toBe(403)
  daemon.presses('\u0003')
  await daemon.ended
  const { stdout } = await world.redoma.run(['audit', 'list', '--json'])
  const trail = JSON.parse(stdout) as { actor: string; action: string; detail: string }[]
  expect(trail.slice(0, 5).map(({ actor, action }) => `${actor} ${action}`)).toEqual([
    'user:boss token.create',
    'user:boss user.prove',
    'user:boss user.sign-in',
    'user:boss user.accept',
    expect.stringMatching(/ user\.invite-first$/),
  ])
  expect(trail[2]?.detail).toBe('127.0.0.1')
  const log = await readFile(join(world.home, 'log', 'backup.jsonl'), 'utf8')
  for (const hidden of [password, invitation, token, browser.cookie.slice(-43)])
    expect(`${log}${stdout}`).not.toContain(hidden)
})

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

type Asked = readonly [
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
]

async function asked(port: string, ca: string, [method, path, body, headers]: Asked): Promise<Answer> {
  const text = body === undefined ? '' : JSON.stringify(body)
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const length = { 'content-length': String(Buffer.byteLength(text)) }
  const options = { host: '127.0.0.1', port, ca, method, path, agent: false }
  const sent = request({ ...options, headers: { ...headers, ...type, ...length } }).end(text)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const bytes = await collectBytes(answer, 1024 * 1024)
  return { status: answer.statusCode, headers: answer.headers, text: Buffer.from(bytes).toString() }
}
