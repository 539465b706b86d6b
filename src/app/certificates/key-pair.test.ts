import { generateKeyPairSync } from 'node:crypto'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type TemporaryFolder, temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { selfSignedCertificate } from '../../crypto/self-signed.ts'
import { type KeyPairFiles, readKeyPair } from './key-pair.ts'

describe('a certificate and a key from files', () => {
  test('are read where they belong together', async () => {
    await using folder = await temporaryFolder()

    expect((await readKeyPair(await filesIn(folder))).certificate).toContain('BEGIN CERTIFICATE')
  })

  test.each<[string, string, (files: KeyPairFiles) => Promise<void>]>([
    ['that is not there', 'FILE_FAILED', ({ key }) => rm(key)],
    ['of another certificate', 'KEY_WRONG', ({ key }) => writeFile(key, pemOf(aKey()))],
    ['with a passphrase', 'KEY_WRONG', ({ key }) => writeFile(key, pemOf(aKey(), 'a passphrase'))],
    ['that anybody can read', 'KEY_WRONG', ({ key }) => chmod(key, 0o604)],
    ['that is none', 'FORMAT_UNKNOWN', ({ key }) => writeFile(key, 'x')],
    ['with a certificate that is none', 'FORMAT_UNKNOWN', ({ certificate }) => writeFile(certificate, 'x')],
  ])('are refused for a key %s', async (_, code, spoil) => {
    await using folder = await temporaryFolder()
    const files = await filesIn(folder)
    await spoil(files)

    await expect(readKeyPair(files)).rejects.toMatchObject({ code })
  })
})

async function filesIn({ path }: TemporaryFolder): Promise<KeyPairFiles> {
  const files = { certificate: join(path, 'c.pem'), key: join(path, 'k.pem') }
  const key = aKey()
  const words = { names: ['x'], from: new Date(), until: new Date(Date.now() + 86_400_000) }
  await writeFile(files.certificate, selfSignedCertificate(key, words))
  await writeFile(files.key, pemOf(key), { mode: 0o640 })
  return files
}

function aKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
}

function pemOf(key: ReturnType<typeof aKey>, passphrase?: string): string {
  const sealed = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }
  return key.export({ type: 'pkcs8', format: 'pem', ...sealed }).toString()
}
