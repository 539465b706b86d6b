import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { collectBytes } from '../../src/core/bytes.ts'
import { beginAgeEncryption } from '../../src/crypto/age/encrypt.ts'
import { generateIdentity } from '../../src/crypto/age/recipients.ts'
import { loadPrimitives } from '../../src/crypto/native.ts'
import { programMissing } from '../support/programs.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const primitives = loadPrimitives()
const plaintext = randomBytes(100_000)

describe.skipIf(programMissing('age') || programMissing('ssh-keygen'))('an age file to an SSH key', () => {
  test.each([
    ['ed25519', '256'],
    ['rsa', '2048'],
    ['rsa', '3071'],
    ['rsa', '4096'],
  ])(
    'of type %s and %s bits is opened by stock age with the private key, and with no other',
    async (type, bits) => {
      await using folder = await temporaryFolder()
      const [key, other] = [newKey(folder.path, 'key', type, bits), newKey(folder.path, 'other', type, bits)]
      const file = join(folder.path, 'file.age')
      const { recipient } = await generateIdentity('classic')

      writeFileSync(file, await encryptTo(recipient, publicLine(key)))

      expect(execFileSync('age', ['-d', '-i', key, file], { maxBuffer: 1e7 }).equals(plaintext)).toBe(true)
      const refused = spawnSync('age', ['-d', '-i', other, file])
      expect(refused.status).toBe(1)
      expect(refused.stderr.toString()).toContain('no identity matched')
    },
  )

  test('that age does not know is refused, and what to take is said', async () => {
    await using folder = await temporaryFolder()
    const [curve, short] = [newKey(folder.path, 'a', 'ecdsa', '256'), newKey(folder.path, 'b', 'rsa', '1024')]

    await expect(encryptTo(publicLine(curve))).rejects.toMatchObject({
      code: 'FORMAT_UNKNOWN',
      hint: expect.stringContaining('ssh-ed25519') as string,
    })
    await expect(encryptTo(publicLine(short))).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
  })

  test('is not mixed with a post-quantum one', async () => {
    await using folder = await temporaryFolder()
    const { recipient } = await generateIdentity('pq')
    const line = publicLine(newKey(folder.path, 'key', 'ed25519', '256'))

    await expect(encryptTo(recipient, line)).rejects.toMatchObject({ code: 'USAGE' })
  })
})

function newKey(folder: string, name: string, type: string, bits: string): string {
  const path = join(folder, name)
  execFileSync('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-C', 'somebody here', '-f', path])
  return path
}

function publicLine(key: string): string {
  return readFileSync(`${key}.pub`, 'utf8')
}

async function encryptTo(...recipients: readonly string[]): Promise<Uint8Array> {
  const encryption = await beginAgeEncryption(recipients, primitives)
  return collectBytes(encryption.ciphertext(only(plaintext)), 1e7)
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
