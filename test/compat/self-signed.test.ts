import { execFile } from 'node:child_process'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { selfSignedCertificate } from '../../src/crypto/self-signed.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const run = promisify(execFile)
const names = ['vault.example.com', 'localhost', '127.0.0.1', '::1', '2001:db8::7:0:1', '::ffff:192.0.2.1']
const from = new Date('2026-11-28T11:00:00Z')
const until = new Date('2027-12-30T11:00:00Z')
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

describe('a certificate that we write', () => {
  test('is read by OpenSSL as it was meant: for whom, for how long, and for TLS servers alone', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'c.pem')
    await writeFile(path, selfSignedCertificate(privateKey, { names, from, until }))

    const { stdout } = await run('openssl', ['x509', '-in', path, '-noout', '-text', '-nameopt', 'RFC2253'])

    const words = stdout.replace(/\s+/g, ' ')
    expect(words).toContain('Version: 3 (0x2)')
    expect(words).toContain('Signature Algorithm: ecdsa-with-SHA256')
    expect(words).toContain('Issuer: CN=vault.example.com')
    expect(words).toContain('Not Before: Nov 28 11:00:00 2026 GMT Not After : Dec 30 11:00:00 2027 GMT')
    expect(words).toContain('X509v3 Basic Constraints: critical CA:FALSE')
    expect(words).toContain('X509v3 Key Usage: critical Digital Signature X509v3')
    expect(words).toContain('X509v3 Extended Key Usage: TLS Web Server Authentication X509v3')
    expect(words).toContain(
      'DNS:vault.example.com, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:0:7:0:1, IP Address:0:0:0:0:0:FFFF:C000:201',
    )
  })

  test('verifies, in the strict way too, for its own names and for no other purpose', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'c.pem')
    await writeFile(path, selfSignedCertificate(privateKey, { names, from, until }))
    const verify = (...words: string[]) =>
      run('openssl', [
        'verify',
        '-x509_strict',
        '-attime',
        String(from.getTime() / 1000 + 60),
        '-CAfile',
        path,
        ...words,
        path,
      ])

    for (const name of names)
      await verify('-purpose', 'sslserver', /^[a-z.]+$/.test(name) ? '-verify_hostname' : '-verify_ip', name)

    await expect(verify('-verify_hostname', 'evil.example.com')).rejects.toThrow(/[Hh]ostname mismatch/)
    await expect(verify('-purpose', 'sslclient')).rejects.toThrow(/purpose/)
  })

  test('holds a connection up whose client trusts it and nothing else', async () => {
    const now = Date.now()
    const words = { names, from: new Date(now - 1000), until: new Date(now + 60_000) }
    const cert = selfSignedCertificate(privateKey, words)
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' })
    const server = createServer({ cert, key }, (socket) => socket.end('hello')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo

    const client = connect({ port, host: '127.0.0.1', ca: cert, servername: 'vault.example.com' })
    const [said] = (await once(client.setEncoding('utf8'), 'data')) as [string]

    expect(said).toBe('hello')
    expect(client.authorized).toBe(true)
    client.destroy()
    server.close()
  })

  test('lasts into the second half of the century, and each has a number of its own', () => {
    const far = { names, from, until: new Date('2056-01-02T03:04:05Z') }
    const [one, other] = [1, 2].map(() => new X509Certificate(selfSignedCertificate(privateKey, far)))

    expect(one?.validToDate).toEqual(far.until)
    expect(one?.serialNumber).not.toBe(other?.serialNumber)
    expect(one?.checkPrivateKey(privateKey)).toBe(true)
  })
})
