import { scryptSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { toHex } from '../../core/bytes.ts'
import { Secret } from '../../core/secret.ts'
import { portablePrimitives } from '../../crypto/portable.ts'
import { randomSealingKey } from '../envelope/sealing-key.ts'
import { parseObjectId } from '../ids.ts'
import { createKey } from './create-key.ts'
import { deriveKey } from './derive-key.ts'
import { decodeKeyFile, encodeKeyFile } from './key-file.ts'
import { openFirstKey, openKey } from './open-key.ts'

const primitives = portablePrimitives()
const password = new Secret('correct horse')
const masterKey = randomSealingKey()
const created = new Date('2026-03-01T05:00:00Z')
const cheap = { N: 16, r: 1, p: 1 }
const aKey = (cost = cheap): ReturnType<typeof createKey> =>
  createKey({ masterKey, password, username: 'root', hostname: 'h', created, cost }, primitives)

async function* listOf(
  ...files: Uint8Array[]
): AsyncGenerator<{ id: ReturnType<typeof parseObjectId>; bytes: Uint8Array }> {
  for (const [i, bytes] of files.entries())
    yield { id: parseObjectId(i.toString(16).padStart(64, '0')), bytes }
}

describe('key files', () => {
  test('a password becomes the key that other programs make of it', async () => {
    const salt = Uint8Array.from({ length: 64 }, (_, i) => i + 1)
    const key = await deriveKey(new Secret('test'), salt, { N: 32768, r: 8, p: 1 })

    expect(toHex(key.encryption) + toHex(key.macK) + toHex(key.macR)).toBe(
      'c7855fc50987ef7e8550fd6bfe42642d8f6cf7456b8d70421e7a9f46461983ec' +
        '23693841c1ff8f7e737fd4ec592a2cfb7fea9dc38d31e3405f6fc8434426bf0a',
    )
  })

  test('the password opens the master key, another does not', async () => {
    const { bytes } = await aKey()

    expect(await openKey(bytes, password, primitives)).toEqual(masterKey)
    expect(await openKey(bytes, new Secret('wrong'), primitives)).toBeUndefined()
  })

  test('is written in the order and form of restic', async () => {
    const { bytes } = await aKey()

    expect(Buffer.from(bytes).toString()).toMatch(
      /^\{"created":"2026-03-01T05:00:00Z","username":"root","hostname":"h","kdf":"scrypt","N":16,"r":1,"p":1,"salt":"[^"]{88}","data":"[^"]+"\}$/,
    )
    expect(encodeKeyFile(decodeKeyFile(bytes))).toEqual(bytes)
  })

  test('the right one is found among damaged and foreign ones', async () => {
    const { bytes } = await aKey()
    const foreign = await createKey(
      {
        masterKey: randomSealingKey(),
        password: new Secret('x'),
        username: '',
        hostname: '',
        created,
        cost: cheap,
      },
      primitives,
    )
    const files = listOf(new Uint8Array(0), bytes.subarray(0, 40), foreign.bytes, bytes)

    expect((await openFirstKey(files, password, primitives)).masterKey).toEqual(masterKey)
  })

  test('a password that opens none is reported as such', async () => {
    const { bytes } = await aKey()

    await expect(openFirstKey(listOf(bytes), new Secret('no'), primitives)).rejects.toMatchObject({
      code: 'KEY_WRONG',
    })
  })

  test('only so many key files are tried', async () => {
    const { bytes } = await aKey()
    const files = listOf(...Array.from({ length: 20 }, () => new Uint8Array(0)), bytes)

    await expect(openFirstKey(files, password, primitives)).rejects.toMatchObject({ code: 'KEY_WRONG' })
  })

  test.each([
    [{ N: 2 ** 30, r: 8, p: 1 }, 'LIMIT_EXCEEDED'],
    [{ N: 32768, r: 8, p: 2 ** 20 }, 'LIMIT_EXCEEDED'],
    [{ N: 1000, r: 8, p: 1 }, 'DATA_DAMAGED'],
    [{ N: 2 ** 40, r: 8, p: 1 }, 'DATA_DAMAGED'],
    [{ N: 16, r: 2 ** 50, p: 1 }, 'LIMIT_EXCEEDED'],
  ])('a cost of %o is refused before any memory is taken', async (cost, code) => {
    const { bytes } = await aKey()
    const hostile = encodeKeyFile({ ...decodeKeyFile(bytes), cost })

    await expect(openKey(hostile, password, primitives)).rejects.toMatchObject({ code })
  })

  test('an empty password is refused', async () => {
    const empty = { masterKey, password: new Secret(''), username: '', hostname: '', created }
    await expect(createKey(empty, primitives)).rejects.toMatchObject({ code: 'PASSWORD_WEAK' })
  })

  test('node and we mean the same by scrypt', async () => {
    const key = await deriveKey(password, new Uint8Array(64), cheap)
    const plain = scryptSync('correct horse', new Uint8Array(64), 64, { N: 16, r: 1, p: 1 })
    expect(toHex(key.encryption)).toBe(plain.toString('hex', 0, 32))
  })
})
