import { execFileSync } from 'node:child_process'
import { createHash, randomBytes, X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isRedomaError } from '../../src/core/errors.ts'
import { hasNonce, parseReply } from '../../src/crypto/timestamp/parse-reply.ts'
import { timestampRequest } from '../../src/crypto/timestamp/request.ts'
import { verifyStamp } from '../../src/crypto/timestamp/verify-stamp.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { type TimestampAuthority, timestampAuthority } from '../support/timestamp-authority.ts'

const data = Buffer.from('the last line of a ledger')
const imprint = new Uint8Array(createHash('sha256').update(data).digest())

describe.each(['rsa:2048', 'ec -pkeyopt ec_paramgen_curve:P-256'])('a time stamp by a key of %s', (key) => {
  let folder: AsyncDisposable & { readonly path: string }
  let authority: TimestampAuthority
  let reply: Uint8Array
  let root: string
  const nonce = randomBytes(8)

  beforeAll(async () => {
    folder = await temporaryFolder()
    authority = await timestampAuthority(folder.path, key)
    reply = authority.reply(timestampRequest(imprint, nonce))
    root = readFileSync(authority.rootPath, 'utf8')
  })
  afterAll(async () => {
    await authority[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  test('is asked for, and answered, as OpenSSL has it', () => {
    const at = (name: string): string => join(folder.path, name)
    writeFileSync(at('query'), timestampRequest(imprint, nonce))
    writeFileSync(at('data'), data)
    writeFileSync(at('stamp'), reply)
    const openssl = (...words: string[]): string =>
      execFileSync('openssl', ['ts', ...words], { encoding: 'utf8', stdio: 'pipe' })

    expect(openssl('-query', '-in', at('query'), '-text')).toContain(
      nonce.toString('hex').replace(/^0+/, '').toUpperCase(),
    )
    expect(
      openssl('-verify', '-data', at('data'), '-in', at('stamp'), '-CAfile', authority.rootPath),
    ).toContain('OK')
    const stamp = verifyStamp(reply, imprint, root)
    expect(stamp).toMatchObject({ authority: 'CN=Authority of the test', isTrusted: true })
    expect(Math.abs(stamp.time.getTime() - Date.now())).toBeLessThan(600_000)
    expect(hasNonce(parseReply(reply), nonce)).toBe(true)
    expect(hasNonce(parseReply(reply), randomBytes(8))).toBe(false)
  })

  test('of something else, or by an authority that is not trusted, is refused', async () => {
    await using elsewhere = await temporaryFolder()
    await using other = await timestampAuthority(elsewhere.path)
    const wrong = expect.objectContaining({ code: 'VERIFICATION_FAILED' }) as Error

    expect(() => verifyStamp(reply, new Uint8Array(32), root)).toThrow(wrong)
    expect(() => verifyStamp(reply, imprint, readFileSync(other.rootPath, 'utf8'))).toThrow(wrong)
    expect(verifyStamp(reply, imprint, undefined)).toMatchObject({ isTrusted: false })
  })

  test('with any byte of what is signed altered, or cut anywhere, is refused by a typed error', () => {
    const { content, signer } = parseReply(reply)
    const signedAt = [content, signer.signature, signer.digest].map((part) => ({
      from: Buffer.from(reply).indexOf(part),
      length: part.length,
    }))
    for (const { from, length } of signedAt) {
      expect(from).toBeGreaterThan(0)
      for (let at = from; at < from + length; at++) {
        const altered = reply.slice()
        altered[at] = (altered[at] ?? 0) ^ 1
        expect(outcome(altered), `byte ${at}`).not.toBe('verified')
      }
    }
    for (let length = 0; length < reply.length; length++) {
      expect(outcome(reply.subarray(0, length))).toMatch(/^(DATA_DAMAGED|DESTINATION_FAILED)$/)
    }
  })

  test('by a certificate whose key cannot sign at all is refused by a typed error', () => {
    const at = (name: string): string => join(folder.path, name)
    const openssl = (...words: string[]): Buffer => execFileSync('openssl', words, { cwd: folder.path })
    openssl('genpkey', '-algorithm', 'X25519', '-out', at('odd.key'))
    openssl('pkey', '-in', at('odd.key'), '-pubout', '-out', at('odd.pub'))
    const signing = ['-CA', 'root.pem', '-CAkey', 'root.key', '-extfile', 'extensions', '-out', 'odd.pem']
    openssl('x509', '-req', '-in', 'tsa.csr', '-force_pubkey', 'odd.pub', '-CAcreateserial', ...signing)
    const odd = readFileSync(at('odd.pem'), 'utf8')
    // The reply says that it is this one that has signed.
    const claimed = Buffer.from(reply)
    const { certificate } = parseReply(reply).signer
    createHash('sha256')
      .update(new X509Certificate(odd).raw)
      .digest()
      .copy(claimed, claimed.indexOf(certificate.digest))

    expect(() => verifyStamp(new Uint8Array(claimed), imprint, root + odd)).toThrow(
      expect.objectContaining({ code: 'VERIFICATION_FAILED' }) as Error,
    )
  })

  test('that is anything at all breaks nothing', () => {
    const edits = fc.array(fc.tuple(fc.nat(reply.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(edits, (list) => {
        const altered = reply.slice()
        for (const [at, value] of list) altered[at] = value
        expect(outcome(altered)).toMatch(/^(verified|[A-Z_]+)$/)
      }),
      { numRuns: process.env['SLOW'] === '1' ? 20_000 : 500 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(outcome(bytes)).not.toBe('verified')
      }),
    )
  })

  function outcome(altered: Uint8Array): string {
    try {
      verifyStamp(altered, imprint, root)
      return 'verified'
    } catch (error) {
      if (isRedomaError(error)) return error.code
      throw error
    }
  }
})
