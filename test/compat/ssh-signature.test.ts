import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  generateSigningKey,
  publicKeyLine,
  signDetached,
  verifyDetached,
} from '../../src/crypto/ssh-signature.ts'
import { programMissing } from '../support/programs.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const namespace = 'redoma-ledger'
const message = Buffer.from('{"sequence":1}\n')

describe.skipIf(programMissing('ssh-keygen'))('ssh-keygen', () => {
  test('verifies what we sign, and nothing else', async () => {
    await using folder = await temporaryFolder()
    const key = generateSigningKey()
    const [signers, signature] = [join(folder.path, 'signers'), join(folder.path, 'message.sig')]
    writeFileSync(signers, `instance ${publicKeyLine(key, 'comment')}\n`)
    writeFileSync(signature, signDetached(key, namespace, message))
    const verify = (input: Uint8Array, asNamespace: string) =>
      spawnSync(
        'ssh-keygen',
        ['-Y', 'verify', '-f', signers, '-I', 'instance', '-n', asNamespace, '-s', signature],
        { input },
      ).status

    expect(verify(message, namespace)).toBe(0)
    expect(verify(Buffer.from('{"sequence":2}\n'), namespace)).not.toBe(0)
    expect(verify(message, 'file')).not.toBe(0)
  })

  test('signs what we verify', async () => {
    await using folder = await temporaryFolder()
    const [key, file] = [join(folder.path, 'key'), join(folder.path, 'message')]
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'some one', '-f', key])
    writeFileSync(file, message)
    execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-f', key, '-n', namespace, file], { stdio: 'ignore' })
    const line = readFileSync(`${key}.pub`, 'utf8')
    const signature = readFileSync(`${file}.sig`, 'utf8')

    expect(verifyDetached(line, namespace, message, signature)).toBe(true)
    expect(verifyDetached(line, 'file', message, signature)).toBe(false)
  })
})
