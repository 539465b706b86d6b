import { execFileSync, spawnSync } from 'node:child_process'
import { createHash, randomBytes, X509Certificate } from 'node:crypto'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseReply } from '../../src/crypto/timestamp/parse-reply.ts'
import { timestampRequest } from '../../src/crypto/timestamp/request.ts'
import { isForStampsOnly } from '../../src/crypto/timestamp/stamping-only.ts'
import { verifyStamp } from '../../src/crypto/timestamp/verify-stamp.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { type TimestampAuthority, timestampAuthority } from '../support/timestamp-authority.ts'

const data = Buffer.from('the last line of a ledger')
const imprint = new Uint8Array(createHash('sha256').update(data).digest())

/** What OpenSSL makes of the extensions, and whether RFC 3161 (2.3) and RFC 5280 let such a certificate sign stamps. */
const certificates: readonly (readonly [what: string, extensions: string, isRight: boolean])[] = [
  ['one critical purpose', 'extendedKeyUsage=critical,timeStamping', true],
  [
    'that and a key usage of signing',
    'extendedKeyUsage=critical,timeStamping\nkeyUsage=digitalSignature',
    true,
  ],
  [
    'that and both usages of signing',
    'extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature,nonRepudiation',
    true,
  ],
  ['a purpose that is not critical', 'extendedKeyUsage=timeStamping', false],
  ['a second purpose', 'extendedKeyUsage=critical,timeStamping,codeSigning', false],
  ['another purpose', 'extendedKeyUsage=critical,codeSigning', false],
  ['any purpose', 'extendedKeyUsage=critical,anyExtendedKeyUsage', false],
  ['no purpose', 'keyUsage=digitalSignature', false],
  ['no extension but an authority’s', 'basicConstraints=critical,CA:FALSE', false],
  [
    'a key usage that is not signing',
    'extendedKeyUsage=critical,timeStamping\nkeyUsage=keyEncipherment',
    false,
  ],
  [
    'a key usage beside signing',
    'extendedKeyUsage=critical,timeStamping\nkeyUsage=digitalSignature,keyCertSign',
    false,
  ],
]

describe('the certificate of a time stamp', () => {
  let folder: AsyncDisposable & { readonly path: string }
  let authority: TimestampAuthority
  let right: Buffer
  const at = (name: string): string => join(folder.path, name)

  beforeAll(async () => {
    folder = await temporaryFolder()
    authority = await timestampAuthority(folder.path, 'ec -pkeyopt ec_paramgen_curve:P-256')
    right = readFileSync(at('tsa.pem'))
  })
  afterAll(async () => {
    await authority[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  function certify(extensions: string): X509Certificate {
    writeFileSync(at('wanted'), `${extensions}\n`)
    const signing = ['-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial', '-days', '2']
    const words = ['x509', '-req', '-in', 'tsa.csr', ...signing, '-extfile', 'wanted', '-out', 'made.pem']
    execFileSync('openssl', words, { cwd: folder.path, stdio: 'pipe' })
    return new X509Certificate(readFileSync(at('made.pem')))
  }

  test.each(certificates)(
    'with %s is judged as the RFC has it, and as OpenSSL does',
    (_, extensions, isRight) => {
      const { raw } = certify(extensions)
      const purpose = ['x509', '-in', 'made.pem', '-noout', '-purpose']
      const said = execFileSync('openssl', purpose, { cwd: folder.path, encoding: 'utf8' })

      expect(isForStampsOnly(raw)).toBe(isRight)
      expect(/^Time Stamp signing : (\w+)/m.exec(said)?.[1]).toBe(isRight ? 'Yes' : 'No')
    },
  )

  test('lets no stamp through that names one which is not for stamps alone, and OpenSSL makes none with it', () => {
    // The same key, certified a second time without the mark.
    const reply = authority.reply(timestampRequest(imprint, randomBytes(8)))
    certify('extendedKeyUsage=timeStamping')
    copyFileSync(at('made.pem'), at('tsa.pem'))
    const answered = spawnSync('openssl', ['ts', '-reply', '-config', 'tsa.conf', '-queryfile', 'request'], {
      cwd: folder.path,
    })
    writeFileSync(at('tsa.pem'), right)
    const root = readFileSync(authority.rootPath, 'utf8')

    expect(verifyStamp(reply, imprint, root)).toMatchObject({ isTrusted: true })
    // OpenSSL signs none with it either.
    expect(answered.status).not.toBe(0)
    const made = readFileSync(at('made.pem'), 'utf8')
    const claimed = Buffer.from(reply)
    const { certificate } = parseReply(reply).signer
    createHash('sha256')
      .update(new X509Certificate(made).raw)
      .digest()
      .copy(claimed, claimed.indexOf(certificate.digest))
    expect(() => verifyStamp(new Uint8Array(claimed), imprint, root + made)).toThrow(
      'not for time stamps alone',
    )
  })

  test('that is cut anywhere is refused by a typed error', () => {
    const raw = new Uint8Array(certify('extendedKeyUsage=critical,timeStamping').raw)
    for (let length = 0; length < raw.length; length++)
      expect(() => isForStampsOnly(raw.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'DATA_DAMAGED' }) as Error,
      )
  })
})
