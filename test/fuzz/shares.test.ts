import { generateKeyPairSync } from 'node:crypto'
import { fc, test as property } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { parseShareList } from '../../src/bundle/shares/share-list.ts'
import { isRedomaError } from '../../src/core/errors.ts'
import { parseSshPublicKey } from '../../src/crypto/age/ssh-public-key.ts'
import { generateSigningKey, publicKeyLine } from '../../src/crypto/ssh-signature.ts'

const numRuns = process.env['SLOW'] === undefined ? 300 : 20_000

const entry = { sha256: '0'.repeat(64), recipient: `age1${'q'.repeat(58)}` }
const list = JSON.stringify({
  schema: 'redoma-shares/1',
  generation: 1,
  fingerprint: '0'.repeat(64),
  identifier: 1,
  groupThreshold: 1,
  groups: [{ name: 'board', threshold: 1, count: 1 }],
  shares: [{ number: 1, group: 1, ...entry }],
})

const keyLines = [publicKeyLine(generateSigningKey(), 'somebody'), rsaLine()]

/** An RSA key in the wire format of OpenSSH. */
function rsaLine(): string {
  const { n = '', e = '' } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
    format: 'jwk',
  })
  const field = (bytes: Uint8Array): Buffer => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  const modulus = Buffer.concat([Buffer.of(0), Buffer.from(n, 'base64url')])
  const blob = Buffer.concat([
    field(Buffer.from('ssh-rsa')),
    field(Buffer.from(e, 'base64url')),
    field(modulus),
  ])
  return `ssh-rsa ${blob.toString('base64')} somebody`
}

const anyChange = fc.record({
  at: fc.nat(700),
  removed: fc.nat(6),
  inserted: fc.oneof(
    fc.string({ maxLength: 4 }),
    fc.constantFrom('AAAA', '/////w==', '[', '"', '1e9', ' ', '='),
  ),
})
const change = (
  text: string,
  changes: readonly (typeof anyChange extends fc.Arbitrary<infer T> ? T : never)[],
): string =>
  changes.reduce((all, { at, removed, inserted }) => {
    const from = at % (all.length + 1)
    return all.slice(0, from) + inserted + all.slice(from + removed)
  }, text)
const changes = fc.array(anyChange, { maxLength: 4 })

function expectResultOrRefusal(parse: () => unknown): void {
  try {
    expect(parse()).toBeTypeOf('object')
  } catch (error) {
    if (!isRedomaError(error)) throw error
    expect(['FORMAT_UNKNOWN', 'DATA_DAMAGED', 'LIMIT_EXCEEDED']).toContain(error.code)
  }
}

describe('any change', () => {
  property.prop([changes], { numRuns })(
    'of a list of shares is taken, or refused with an error of ours',
    (made) => {
      expectResultOrRefusal(() => parseShareList(new TextEncoder().encode(change(list, made))))
    },
  )

  property.prop([fc.constantFrom(...keyLines), changes], { numRuns })(
    'of the line of an SSH key is taken, or refused with an error of ours',
    (line, made) => {
      expectResultOrRefusal(() => parseSshPublicKey(change(line, made)))
    },
  )
})
