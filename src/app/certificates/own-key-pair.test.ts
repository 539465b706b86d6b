import { createPublicKey, X509Certificate } from 'node:crypto'
import { chmod, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import type { KeyPair } from './key-pair.ts'
import { ownKeyPair, ownKeyPairFiles } from './own-key-pair.ts'

const now = new Date('2026-11-28T12:00:00Z')
const names = ['vault', '127.0.0.1', '::1']

describe('the certificate of the instance itself', () => {
  test('is made once, for its owner alone, and is the same at each start', async () => {
    await using home = await temporaryFolder()

    const made = await ownKeyPair(home.path, names, now)
    const again = await ownKeyPair(home.path, names, later(200))

    expect(again.certificate).toBe(made.certificate)
    expect(again.key.equals(made.key)).toBe(true)
    const files = ownKeyPairFiles(home.path)
    const modes = await Promise.all([dirname(files.key), files.key, files.certificate].map(modeOf))
    expect(modes).toEqual([0o700, 0o600, 0o600])
    expect(await readdir(dirname(files.key))).toHaveLength(2)
  })

  test.each([
    ['a month before it ends', names, later(368)],
    ['when it is over', names, later(5000)],
    ['when it does not hold yet', names, later(-10)],
    ['for another name', [...names, 'vault.example.com'], now],
    ['for fewer names', ['vault'], now],
  ])('is made anew, for the same key, %s', async (_, wanted, at) => {
    await using home = await temporaryFolder()
    const made = await ownKeyPair(home.path, names, now)

    const renewed = await ownKeyPair(home.path, wanted, at)

    expect(renewed.certificate).not.toBe(made.certificate)
    expect(publicKeyOf(renewed)).toBe(publicKeyOf(made))
    const { validFromDate, validToDate } = new X509Certificate(renewed.certificate)
    expect(validFromDate < at && validToDate > new Date(at.getTime() + 366 * dayMs)).toBe(true)
  })

  test('is made anew where somebody spoiled it, or took the key away', async () => {
    await using home = await temporaryFolder()
    const files = ownKeyPairFiles(home.path)
    await ownKeyPair(home.path, names, now)

    await writeFile(files.certificate, 'x')
    const mended = await ownKeyPair(home.path, names, now)
    await rm(files.key)
    const anew = await ownKeyPair(home.path, names, now)

    for (const { certificate, key } of [mended, anew])
      expect(new X509Certificate(certificate).publicKey.equals(createPublicKey(key.reveal()))).toBe(true)
    expect(publicKeyOf(anew)).not.toBe(publicKeyOf(mended))
  })

  test('is not used when anybody on the machine can read its key', async () => {
    await using home = await temporaryFolder()
    await ownKeyPair(home.path, names, now)
    await chmod(ownKeyPairFiles(home.path).key, 0o644)

    await expect(ownKeyPair(home.path, names, now)).rejects.toMatchObject({ code: 'KEY_WRONG' })
  })
})

const dayMs = 86_400_000

function later(days: number): Date {
  return new Date(now.getTime() + days * dayMs)
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777
}

function publicKeyOf({ certificate }: KeyPair): string {
  return new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' }).toString('hex')
}
