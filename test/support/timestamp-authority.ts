import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

export interface TimestampAuthority extends AsyncDisposable {
  readonly url: string
  /** PEM of its root. */
  readonly rootPath: string
  /** The reply that stock OpenSSL makes. */
  reply(request: Uint8Array): Uint8Array
  /** Gives this whatever is asked. */
  answer: Uint8Array | undefined
  /** How often it was asked. */
  readonly asked: () => number
}

/** A real time-stamping authority, `openssl ts -reply`, behind HTTP on loopback; its files are in `folder`. */
export async function timestampAuthority(folder: string, key = 'rsa:2048'): Promise<TimestampAuthority> {
  const at = (name: string): string => join(folder, name)
  const openssl = (...words: string[]): Buffer =>
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' })
  writeFileSync(at('serial'), '01\n')
  writeFileSync(at('extensions'), 'extendedKeyUsage=critical,timeStamping\nkeyUsage=digitalSignature\n')
  writeFileSync(at('tsa.conf'), configuration)
  const pair = (name: string): string[] => [
    '-newkey',
    ...key.split(' '),
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-out',
  ]
  openssl('req', '-x509', ...pair('root'), 'root.pem', '-subj', '/CN=Root of the test', '-days', '2')
  openssl('req', ...pair('tsa'), 'tsa.csr', '-subj', '/CN=Authority of the test')
  const signing = ['-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial', '-days', '2']
  openssl('x509', '-req', '-in', 'tsa.csr', ...signing, '-extfile', 'extensions', '-out', 'tsa.pem')
  let count = 0
  const authority = {
    rootPath: at('root.pem'),
    answer: undefined as Uint8Array | undefined,
    asked: () => count,
    reply(request: Uint8Array): Uint8Array {
      writeFileSync(at('request'), request)
      openssl('ts', '-reply', '-config', 'tsa.conf', '-queryfile', 'request', '-out', 'reply')
      return new Uint8Array(readFileSync(at('reply')))
    },
  }
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request
      .on('data', (part: Buffer) => parts.push(part))
      .on('end', () => {
        count++
        response.setHeader('content-type', 'application/timestamp-reply')
        response.end(authority.answer ?? authority.reply(Buffer.concat(parts)))
      })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return Object.assign(authority, {
    url: `http://127.0.0.1:${port}/tsr`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}

const configuration = `[ tsa ]
default_tsa = one
[ one ]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`
