import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { collectBytes } from '../../src/core/bytes.ts'
import { Secret } from '../../src/core/secret.ts'
import { decryptAge } from '../../src/crypto/age/decrypt.ts'
import { beginAgeEncryption, encryptWithPassphrase } from '../../src/crypto/age/encrypt.ts'
import { readIdentities } from '../../src/crypto/age/identity-file.ts'
import { generateIdentity, profileOf } from '../../src/crypto/age/recipients.ts'
import { loadPrimitives } from '../../src/crypto/native.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { programMissing } from '../support/programs.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const primitives = loadPrimitives()
const plaintext = randomBytes(1_000_003)
const password = 'correct horse, battery ß'

describe.skipIf(programMissing('age'))('the stock age program', () => {
  test('decrypts what we write to two recipients', async () => {
    await using folder = await temporaryFolder()
    const pairs = [await generateIdentity('classic'), await generateIdentity('classic')]
    const file = join(folder.path, 'file.age')
    writeFileSync(file, await encryptTo(pairs.map(({ recipient }) => recipient)))

    for (const [index, { identity }] of pairs.entries()) {
      const identityFile = join(folder.path, `${index}.txt`)
      writeFileSync(identityFile, identity.reveal())
      const decrypted = execFileSync('age', ['-d', '-i', identityFile, file], { maxBuffer: 1e7 })
      expect(decrypted.equals(plaintext)).toBe(true)
    }
  })

  test('refuses what we wrote when it was altered', async () => {
    await using folder = await temporaryFolder()
    const { identity, recipient } = await generateIdentity('classic')
    const [file, identityFile] = [join(folder.path, 'file.age'), join(folder.path, 'identity.txt')]
    const bytes = Buffer.from(await encryptTo([recipient]))
    bytes[500_000] = (bytes[500_000] ?? 0) ^ 1
    writeFileSync(file, bytes)
    writeFileSync(identityFile, identity.reveal())

    expect(spawnSync('age', ['-d', '-i', identityFile, file], { maxBuffer: 1e7 }).status).toBe(1)
  })

  test.each(['binary', 'armored'])('writes what we decrypt, with a key of age-keygen (%s)', async (form) => {
    await using folder = await temporaryFolder()
    const [file, identityFile] = [join(folder.path, 'file.age'), join(folder.path, 'identity.txt')]
    execFileSync('age-keygen', ['-o', identityFile], { stdio: 'ignore' })
    const recipient = execFileSync('age-keygen', ['-y', identityFile]).toString().trim()
    execFileSync('age', ['-r', recipient, '-o', file], { input: plaintext })
    const armor = form === 'armored' ? ['--armor'] : []
    const locked = ageWithPassword(['-p', ...armor, '-o', join(folder.path, 'locked.age'), identityFile], 2)
    expect(locked.status, locked.output).toBe(0)

    const identities = await readIdentities(
      readFileSync(join(folder.path, 'locked.age')),
      async () => new Secret(password),
    )
    const key = { kind: 'identities', identities } as const
    const decrypted = await collectBytes(decryptAge(createReadStream(file), key, primitives), 1e7)

    expect(Buffer.from(decrypted).equals(plaintext)).toBe(true)
  })

  test('decrypts with an identity that we locked with a password', async () => {
    await using folder = await temporaryFolder()
    const { identity, recipient } = await generateIdentity('classic')
    const names = ['file.age', 'identity.password.age', 'out'].map((name) => join(folder.path, name))
    const [file = '', identityFile = '', out = ''] = names
    writeFileSync(file, await encryptTo([recipient]))
    writeFileSync(
      identityFile,
      await encryptWithPassphrase(Buffer.from(`${identity.reveal()}\n`), new Secret(password), 12),
    )

    const opened = ageWithPassword(['-d', '-i', identityFile, '-o', out, file], 1)

    expect(opened.status, opened.output).toBe(0)
    expect(readFileSync(out).equals(plaintext)).toBe(true)
  })
})

const newerAge = newerProgram('age')
const newerKeygen = newerProgram('age-keygen')

describe.skipIf(newerAge === undefined || newerKeygen === undefined)('the age program 1.3', () => {
  const [age, keygen] = [newerAge ?? '', newerKeygen ?? '']

  test.each(['classic', 'pq'] as const)('decrypts what we write to a %s recipient', async (profile) => {
    await using folder = await temporaryFolder()
    const { identity, recipient } = await generateIdentity(profile)
    const [file, identityFile] = [join(folder.path, 'file.age'), join(folder.path, 'identity.txt')]
    writeFileSync(file, await encryptTo([recipient]))
    writeFileSync(identityFile, identity.reveal())

    const decrypted = execFileSync(age, ['-d', '-i', identityFile, file], { maxBuffer: 1e7 })

    expect(decrypted.equals(plaintext)).toBe(true)
    expect(execFileSync(keygen, ['-y', identityFile]).toString().trim()).toBe(recipient)
  })

  test('writes post-quantum files that we decrypt', async () => {
    await using folder = await temporaryFolder()
    const [file, identityFile] = [join(folder.path, 'file.age'), join(folder.path, 'identity.txt')]
    execFileSync(keygen, ['-pq', '-o', identityFile], { stdio: 'ignore' })
    const recipient = execFileSync(keygen, ['-y', identityFile]).toString().trim()
    execFileSync(age, ['-r', recipient, '-o', file], { input: plaintext })

    const identities = await readIdentities(readFileSync(identityFile), async () => new Secret(password))
    const key = { kind: 'identities', identities } as const
    const decrypted = await collectBytes(decryptAge(createReadStream(file), key, primitives), 1e7)

    expect(profileOf(recipient)).toBe('pq')
    expect(Buffer.from(decrypted).equals(plaintext)).toBe(true)
  })
})

async function encryptTo(recipients: readonly string[]): Promise<Uint8Array> {
  const encryption = await beginAgeEncryption(recipients, primitives)
  async function* source() {
    yield plaintext
  }
  return collectBytes(encryption.ciphertext(source()), 1e7)
}

/** `age` takes a password from a terminal only: so it gets one. It asks `times`, and is answered when it asks. */
function ageWithPassword(words: readonly string[], times: number): { status: number | null; output: string } {
  const program = `
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execvp('age', ['age'] + sys.argv[2:])
output, answered = b'', 0
while True:
    try:
        part = os.read(terminal, 1024)
    except OSError:
        break
    if not part:
        break
    output += part
    if output.count(b'passphrase') > answered and output.rstrip().endswith(b':') and answered < int(sys.argv[1]):
        answered = output.count(b'passphrase')
        os.write(terminal, os.environ['PASSWORD'].encode() + b'\\n')
sys.stdout.buffer.write(output)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`
  const { status, stdout, stderr } = spawnSync('python3', ['-c', program, String(times), ...words], {
    env: { ...process.env, PASSWORD: password },
  })
  return { status, output: `${stdout.toString()}${stderr.toString()}` }
}
