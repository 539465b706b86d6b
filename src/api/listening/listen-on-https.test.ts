import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectPlainly, type Socket } from 'node:net'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { describe, expect, test } from 'vitest'
import {
  askByHttps,
  type HttpsAnswer,
  type ServedByHttps,
  servedByHttps,
} from '../../../test/support/https.ts'
import { aServedInstance } from '../../../test/support/served.ts'
import type { KeyPair } from '../../app/certificates/key-pair.ts'
import { Secret } from '../../core/secret.ts'
import { selfSignedCertificate } from '../../crypto/self-signed.ts'
import { admitNobody } from '../admission.ts'

describe('the listener for a network', () => {
  test('refuses everything but whether it lives, as long as nobody says who asks', async () => {
    await using served = await aServedInstance()
    await using https = await servedByHttps(served, { admit: admitNobody })
    const statusOf = async (path: string): Promise<number> => (await askByHttps(https, path)).status

    const paths = [
      '/api/v1/instance',
      '/api/v1/credentials',
      '/api/v1/x',
      '/metrics',
      '/healthz',
      '/readyz',
      '/x',
    ]

    expect(await Promise.all(paths.map(statusOf))).toEqual([401, 401, 401, 401, 200, 200, 401])
  })

  test('says in each answer, also in one that refuses, that it is for nobody else and never without TLS', async () => {
    await using served = await aServedInstance()
    await using https = await servedByHttps(served)
    const host = { host: 'evil.example.com' }

    const answers = [
      await askByHttps(https, '/api/v1/instance'),
      await askByHttps(https, '/x'),
      await askByHttps(https, '/', host),
    ]

    expect(answers.map(({ status }) => status)).toEqual([200, 404, 421])
    for (const { headers } of answers)
      expect(headers).toMatchObject({
        'strict-transport-security': 'max-age=63072000',
        'content-security-policy': expect.stringContaining(
          "default-src 'none'; frame-ancestors 'none'",
        ) as string,
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cache-control': 'no-store',
      })
  })

  test('speaks TLS 1.3, and 1.2 with forward secrecy and authenticated encryption; nothing older, nothing weaker', async () => {
    await using served = await aServedInstance()
    await using https = await servedByHttps(served)
    const spoken = async (options: ConnectionOptions): Promise<string | null> => {
      const socket = await connected(https, options)
      const protocol = socket.getProtocol()
      socket.destroy()
      return protocol
    }

    expect(await spoken({})).toBe('TLSv1.3')
    expect(await spoken({ maxVersion: 'TLSv1.2' })).toBe('TLSv1.2')
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    await expect(spoken(old)).rejects.toThrow(/alert/)
    const weak = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256:AES128-GCM-SHA256' } as const
    await expect(spoken(weak)).rejects.toThrow(/alert/)
  })

  test('is not reached by a name of somebody else that leads to it', async () => {
    await using served = await aServedInstance()
    await using https = await servedByHttps(served)
    const statusAs = async (host: string): Promise<number> =>
      (await askByHttps(https, '/healthz', { host })).status
    const absolute = 'https://evil.example.com/healthz'

    expect(await statusAs('vault.example.com')).toBe(200)
    expect(await statusAs('VAULT.example.com.:8443')).toBe(200)
    expect(await statusAs('127.0.0.1:1')).toBe(200)
    expect(await statusAs('evil.example.com')).toBe(421)
    expect(await statusAs('vault.example.com.evil.example.com')).toBe(421)
    const refused = await askByHttps(https, absolute, { host: 'vault.example.com' })
    expect(JSON.parse(refused.text)).toMatchObject({ status: 421, code: 'HOST_UNKNOWN' })
    expect(await statusAs('a b')).toBe(400)
  })

  test('shows a certificate that was renewed to who comes then, and leaves connections that there are', async () => {
    await using served = await aServedInstance()
    let pair = aPair()
    await using https = await servedByHttps(served, { load: () => Promise.resolve(pair), everyMs: 10 })
    const before = https.certificate.words().fingerprint
    const kept = await connected(https, {})
    const changed = new Promise((resolve) => {
      https.certificate.onChange(resolve)
    })

    pair = aPair()
    await changed

    const later = await connected(https, {})
    expect(kept.getPeerCertificate().fingerprint256).toBe(before)
    expect(later.getPeerCertificate().fingerprint256).toBe(https.certificate.words().fingerprint)
    expect(https.certificate.words().fingerprint).not.toBe(before)
    kept.write('GET /healthz HTTP/1.1\r\nhost: vault.example.com\r\n\r\n')
    expect(String((await once(kept, 'data'))[0])).toMatch(/^HTTP\/1.1 200/)
    kept.destroy()
    later.destroy()
  })

  test('keeps the certificate that it has when another one is half written, and says so once', async () => {
    await using served = await aServedInstance()
    const pair = aPair()
    let looks = 0
    const looked = Promise.withResolvers<undefined>()
    const load = (): Promise<KeyPair> => {
      looks += 1
      if (looks > 3) looked.resolve(undefined)
      return looks === 1 ? Promise.resolve(pair) : Promise.reject(new Error('half of it'))
    }
    await using https = await servedByHttps(served, { load, everyMs: 5 })

    await looked.promise

    expect((await askByHttps(https, '/healthz')).status).toBe(200)
    expect(served.logged.filter(({ event }) => event === 'certificate not read')).toMatchObject([
      { level: 'warn', fields: { why: 'half of it' } },
    ])
  })

  test('leaves connections to others when one address holds all that it may', async () => {
    await using served = await aServedInstance()
    await using https = await servedByHttps(served)
    const holding = await Promise.all(Array.from({ length: 32 }, () => connectedPlainly(https, '127.0.0.1')))

    const more = await connectedPlainly(https, '127.0.0.1')
    await once(more, 'close')

    expect((await askByHttps(https, '/healthz', {}, '127.0.0.2')).status).toBe(200)
    for (const socket of holding) socket.destroy()
    for (const socket of holding) if (!socket.closed) await once(socket, 'close')
  })

  test('counts what an address asks, and believes what it says of others of a trusted proxy alone', async () => {
    await using served = await aServedInstance()
    await using https = await servedByHttps(served, { proxies: ['127.0.0.9'], burst: 3 })
    const askFrom = (address: string, forwarded: string): Promise<HttpsAnswer> =>
      askByHttps(https, '/healthz', { 'x-forwarded-for': forwarded }, address)
    const statusesOf = async (address: string, ...forwarded: string[]): Promise<number[]> => {
      const statuses: number[] = []
      for (const of of forwarded) statuses.push((await askFrom(address, of)).status)
      return statuses
    }

    // Whoever it says that it asks for: it is itself.
    const made = ['198.51.100.7', '198.51.100.8', '', 'x', '127.0.0.1']
    expect(await statusesOf('127.0.0.2', ...made)).toEqual([200, 200, 200, 429, 429])
    // Behind the proxy one client is held back and another one is not, whatever they put before their address.
    const one = ['198.51.100.1', '203.0.113.1, 198.51.100.1', '::1,198.51.100.1', 'x, 198.51.100.1']
    expect(await statusesOf('127.0.0.9', ...one)).toEqual([200, 200, 200, 429])
    expect(await statusesOf('127.0.0.9', '198.51.100.1, 198.51.100.2')).toEqual([200])
    const refused = await askFrom('127.0.0.9', '198.51.100.1')
    expect(refused.headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/problem+json' })
    expect(JSON.parse(refused.text)).toMatchObject({ status: 429, code: 'TOO_OFTEN' })
  })
})

function aPair(): KeyPair {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const from = new Date(Date.now() - 1000)
  const words = {
    names: ['vault.example.com', '127.0.0.1'],
    from,
    until: new Date(from.getTime() + 86_400_000),
  }
  const key = new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  return { certificate: selfSignedCertificate(privateKey, words), key }
}

async function connected(
  { port, certificate }: ServedByHttps,
  options: ConnectionOptions,
): Promise<TLSSocket> {
  const ca = certificate.pair().certificate
  const socket = connect({ host: '127.0.0.1', port, ca, servername: 'vault.example.com', ...options })
  await once(socket, 'secureConnect')
  return socket
}

async function connectedPlainly({ port }: ServedByHttps, localAddress: string): Promise<Socket> {
  const socket = connectPlainly({ host: '127.0.0.1', port, localAddress })
  await once(socket, 'connect')
  return socket.resume().on('error', () => undefined)
}
