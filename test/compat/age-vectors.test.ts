import { createHash } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import * as vectors from 'cctv-age'
import { describe, expect, test } from 'vitest'
import { isRedomaError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { dearmor } from '../../src/crypto/age/armor.ts'
import { type AgeKey, decryptAge } from '../../src/crypto/age/decrypt.ts'
import { loadPrimitives } from '../../src/crypto/native.ts'
import { portablePrimitives } from '../../src/crypto/portable.ts'

/** The vectors of the age community (github.com/C2SP/CCTV, folder `age`): one way to be right or wrong each. */
interface Vector {
  readonly name: string
  readonly expected: string
  readonly payloadHash: string | undefined
  readonly isArmored: boolean
  readonly keys: readonly AgeKey[]
  readonly file: Uint8Array
}

/** For the vectors that come without a key. */
const anyKey: AgeKey = { kind: 'passphrase', passphrase: new Secret('any') }

const all = Object.entries(vectors as unknown as Record<string, unknown>)
  .filter((entry): entry is [string, Uint8Array] => entry[1] instanceof Uint8Array)
  .map(([name, bytes]) => parseVector(name, bytes))

describe.each([loadPrimitives(), portablePrimitives()])('on the $name primitives', (primitives) => {
  test('there are vectors', () => {
    expect(all.length).toBeGreaterThan(120)
  })

  test.each(all)(
    'the age vector $name: $expected',
    async ({ expected, payloadHash, isArmored, keys, file }) => {
      const outcomes = await Promise.all(
        (keys.length > 0 ? keys : [anyKey]).map(async (key) =>
          open(() => (isArmored ? dearmor(file) : file), key),
        ),
      )
      // As with several identities on the command line of `age`: the first that fits decides.
      const outcome = outcomes.find(({ error }) => !isRedomaError(error, 'KEY_WRONG')) ?? outcomes[0]

      if (expected === 'success') expect(outcome?.error).toBeUndefined()
      else expect(isRedomaError(outcome?.error)).toBe(true)
      expect((outcome?.error as { code?: string } | undefined)?.code).toBe(codeFor(expected, outcome?.error))
      if (payloadHash !== undefined) expect(sha256(outcome?.payload)).toBe(payloadHash)
    },
  )

  async function open(file: () => Uint8Array, key: AgeKey) {
    const parts: Uint8Array[] = []
    try {
      const bytes = file()
      async function* source() {
        yield bytes
      }
      for await (const part of decryptAge(source(), key, primitives)) parts.push(part)
      return { payload: Buffer.concat(parts), error: undefined }
    } catch (error) {
      return { payload: Buffer.concat(parts), error }
    }
  }
})

function codeFor(expected: string, error: unknown): string | undefined {
  switch (expected) {
    case 'success':
      return undefined
    case 'no match':
      return 'KEY_WRONG'
    case 'header failure':
      // No age file at all, or one that asks for too much, are said as such.
      return isRedomaError(error, 'FORMAT_UNKNOWN') || isRedomaError(error, 'LIMIT_EXCEEDED')
        ? error.code
        : 'DATA_DAMAGED'
    default:
      return 'DATA_DAMAGED'
  }
}

function parseVector(name: string, bytes: Uint8Array): Vector {
  const vector = Buffer.from(bytes)
  const end = vector.indexOf('\n\n')
  const fields = vector
    .subarray(0, end)
    .toString()
    .split('\n')
    .map((line) => line.split(': '))
  const values = (key: string) => fields.filter(([name]) => name === key).map(([, value]) => value ?? '')
  const body = vector.subarray(end + 2)
  const identities = values('identity').map((identity) => new Secret(identity))
  const passphrases = values('passphrase').map((passphrase) => new Secret(passphrase))
  return {
    name,
    expected: values('expect')[0] ?? '',
    payloadHash: values('payload')[0],
    isArmored: values('armored').length > 0,
    keys: [
      ...(identities.length > 0 ? [{ kind: 'identities', identities } as const] : []),
      ...passphrases.map((passphrase) => ({ kind: 'passphrase', passphrase }) as const),
    ],
    file: values('compressed').length > 0 ? inflateSync(body) : body,
  }
}

function sha256(bytes: Uint8Array | undefined): string {
  return createHash('sha256')
    .update(bytes ?? new Uint8Array(0))
    .digest('hex')
}
