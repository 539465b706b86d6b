import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { admitOwner } from '../../src/api/admission.ts'
import { ownKeyPair } from '../../src/app/certificates/own-key-pair.ts'
import { servedByHttps } from '../support/https.ts'
import { nginxMissing, startNginx } from '../support/nginx.ts'
import { aServedInstance } from '../support/served.ts'
import { freePort } from '../support/ssh-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

describe.skipIf(nginxMissing())('nginx as the handbook sets it up', () => {
  test('hands requests on, each counted for who really asks, whatever that one says', async () => {
    await using world = await behindNginx(3)

    const first = await Promise.all(['a', 'b', 'c'].map(() => world.status('127.0.0.2')))
    const more = await world.status('127.0.0.2')
    const pretending = await world.status('127.0.0.2', { 'x-forwarded-for': '127.0.0.9' })
    const other = await world.status('127.0.0.3')

    expect(first).toEqual([200, 200, 200])
    expect([more, pretending, other]).toEqual([429, 429, 200])
  })

  test('lets events through as they happen', async () => {
    await using world = await behindNginx(100)

    const events = await world.ask('/api/v1/events')
    const added = await world.ask('/api/v1/destinations', { add: world.destination })
    let told = ''
    for await (const piece of events.setEncoding('utf8') as AsyncIterable<string>) {
      told += piece
      if (told.includes('"nas"')) break
    }

    expect(added.statusCode).toBe(201)
    expect(events.headers['content-type']).toContain('text/event-stream')
    expect(told).toContain('event: destination')
  })
})

interface Asking {
  readonly from?: string
  readonly headers?: OutgoingHttpHeaders
  /** Sent as JSON. */
  readonly add?: object
}

async function behindNginx(burst: number) {
  await using made = new AsyncDisposableStack()
  const served = made.use(await aServedInstance())
  const how = { admit: admitOwner('tester'), proxies: ['127.0.0.1'], burst }
  const https = made.use(await servedByHttps(served, how))
  const folder = made.use(await temporaryFolder())
  const at = (name: string): string => join(folder.path, name)
  const { certificate: ca, key } = await ownKeyPair(folder.path, ['vault.example.com'], new Date())
  await writeFile(at('redoma.pem'), https.certificate.pair().certificate)
  await writeFile(at('fullchain.pem'), ca)
  await writeFile(at('privkey.pem'), key.reveal(), { mode: 0o600 })
  const port = await freePort('127.0.0.1')
  const block = [
    ['listen 443', `listen 127.0.0.1:${port}`],
    ['/etc/letsencrypt/live/vault.example.com', folder.path],
    ['/etc/nginx', folder.path],
    ['127.0.0.1:8443', `127.0.0.1:${https.port}`],
  ].reduce((text, [of = '', by = '']) => text.replaceAll(of, by), await blockOfHandbook())
  made.use(await startNginx(block, port))

  const ask = async (path: string, { from = '127.0.0.1', headers = {}, add }: Asking = {}) => {
    const asked = request({
      ...{ host: '127.0.0.1', port, path, ca, agent: false, localAddress: from },
      method: add === undefined ? 'GET' : 'POST',
      headers: { host: 'vault.example.com', 'content-type': 'application/json', ...headers },
    }).end(add === undefined ? undefined : JSON.stringify(add))
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    return answer
  }
  const kept = made.move()
  return {
    ask,
    status: async (from: string, headers: OutgoingHttpHeaders = {}) => {
      const answer = await ask('/api/v1/instance', { from, headers })
      answer.resume()
      return answer.statusCode
    },
    destination: { name: 'nas', spec: { kind: 'local', path: at('nas') } },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** As it stands there, with the indentation of the page. */
async function blockOfHandbook(): Promise<string> {
  const page = await readFile(new URL('../../docs/operator/handbook.md', import.meta.url), 'utf8')
  const [, after = ''] = page.split('    # /etc/nginx/conf.d/redoma.conf\n')
  return after.split('\n\n')[0] ?? ''
}
