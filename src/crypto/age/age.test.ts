import { createHash, randomBytes } from 'node:crypto'
import { bech32 } from '@scure/base'
import { Decrypter } from 'age-encryption'
import { describe, expect, test } from 'vitest'
import { collectBytes } from '../../core/bytes.ts'
import { isRedomaError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import { portablePrimitives } from '../portable.ts'
import { type AgeKey, decryptAge, decryptAgeInTurns } from './decrypt.ts'
import { beginAgeEncryption, encryptWithPassphrase } from './encrypt.ts'
import { readIdentities } from './identity-file.ts'
import { type AgeProfile, generateIdentity, profileOf } from './recipients.ts'

const primitives = portablePrimitives()
const message = Buffer.from('the glass is broken')

async function* stream(...chunks: Uint8Array[]) {
  yield* chunks
}

async function encryptTo(recipients: readonly string[], plaintext: Uint8Array): Promise<Uint8Array> {
  const encryption = await beginAgeEncryption(recipients, primitives)
  return collectBytes(encryption.ciphertext(stream(plaintext)), 1e7)
}

function decrypt(file: Uint8Array, key: AgeKey): Promise<Uint8Array> {
  return collectBytes(decryptAge(stream(file), key, primitives), 1e7)
}

const identities = (...secrets: Secret[]): AgeKey => ({ kind: 'identities', identities: secrets })

describe.each<AgeProfile>(['classic', 'pq'])('an age file to %s recipients', (profile) => {
  test('opens with the identity of each, in our code and in typage', async () => {
    const [first, second] = [await generateIdentity(profile), await generateIdentity(profile)]
    const file = await encryptTo([first.recipient, second.recipient], message)

    const typage = new Decrypter()
    typage.addIdentity(first.identity.reveal())
    const opened = await decrypt(file, identities(await generated(profile), second.identity))

    expect(profileOf(first.recipient)).toBe(profile)
    expect(Buffer.from(opened)).toEqual(message)
    expect(Buffer.from(await typage.decrypt(file))).toEqual(message)
  })

  test('does not open with another identity, nor with a password', async () => {
    const { recipient } = await generateIdentity(profile)
    const file = await encryptTo([recipient], message)

    await expect(decrypt(file, identities(await generated(profile)))).rejects.toMatchObject({
      code: 'KEY_WRONG',
    })
    const passphrase = new Secret('no')
    await expect(decrypt(file, { kind: 'passphrase', passphrase })).rejects.toMatchObject({
      code: 'KEY_WRONG',
    })
  })
})

async function generated(profile: AgeProfile): Promise<Secret> {
  return (await generateIdentity(profile)).identity
}

describe('an age file', () => {
  test('opens with its own file key, and only its own', async () => {
    const { recipient } = await generateIdentity('classic')
    const encryption = await beginAgeEncryption([recipient], primitives)
    const file = await collectBytes(encryption.ciphertext(stream(message)), 1e6)

    const opened = await decrypt(file, { kind: 'file-key', fileKey: encryption.fileKey })

    expect(Buffer.from(opened)).toEqual(message)
    const wrong = { kind: 'file-key', fileKey: new Uint8Array(16) } as const
    await expect(decrypt(file, wrong)).rejects.toMatchObject({ code: 'DATA_DAMAGED' })
  })

  test('is refused for a mix of profiles, and for no recipient', async () => {
    const [classic, pq] = [await generateIdentity('classic'), await generateIdentity('pq')]

    await expect(beginAgeEncryption([classic.recipient, pq.recipient], primitives)).rejects.toMatchObject({
      code: 'USAGE',
    })
    await expect(beginAgeEncryption([], primitives)).rejects.toMatchObject({ code: 'USAGE' })
  })

  const nobodys: readonly (readonly [string, string])[] = [
    ['01', 'ssh'],
    ['00', 'ssh'],
    ['26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'ssh'],
    ['ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', 'ssh'],
    ['02', 'ssh'],
    ['00', 'age'],
    ['01', 'age'],
  ]

  test.each(nobodys)('is refused for a point that is nobody’s or none: %s, of %s', async (hex, kind) => {
    const point = Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(32)]).subarray(0, 32)
    const key = kind === 'age' ? bech32.encodeFromBytes('age', point) : sshLine(point)

    await expect(beginAgeEncryption([key], primitives)).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
  })

  test('is never written twice under one key', async () => {
    const { recipient } = await generateIdentity('classic')
    const encryption = await beginAgeEncryption([recipient], primitives)

    encryption.ciphertext(stream(message))

    expect(() => encryption.ciphertext(stream(message))).toThrow('written once')
    expect(() => encryption.ciphertextInTurns(stream(message))).toThrow('written once')
  })

  test('is written and read in memory that is used again, by whoever keeps nothing', async () => {
    const { identity, recipient } = await generateIdentity('classic')
    const long = randomBytes(3_000_000)
    const encryption = await beginAgeEncryption([recipient], primitives)
    const opened = createHash('sha256')

    const sealed = encryption.ciphertextInTurns(stream(long))
    for await (const chunk of decryptAgeInTurns(sealed, identities(identity), primitives))
      opened.update(chunk)

    expect(opened.digest('hex')).toBe(createHash('sha256').update(long).digest('hex'))
  })

  test('is refused when it has more recipients than any of ours', async () => {
    const { identity, recipient } = await generateIdentity('classic')
    const open = async (count: number): Promise<Uint8Array> => {
      const file = await encryptTo(
        Array.from({ length: count }, () => recipient),
        Buffer.from('text'),
      )
      return await decrypt(file, identities(identity))
    }

    expect(Buffer.from(await open(16)).toString()).toBe('text')
    await expect(open(17)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  test('closes what it reads from when the reader stops halfway', async () => {
    const { recipient, identity } = await generateIdentity('classic')
    const file = await encryptTo([recipient], new Uint8Array(1_000_000))
    let isClosed = false
    async function* watched() {
      try {
        for (let start = 0; start < file.length; start += 100_000) yield file.subarray(start, start + 100_000)
      } finally {
        isClosed = true
      }
    }

    const plaintext = decryptAge(watched(), identities(identity), primitives)
    await plaintext.next()
    await plaintext.return(undefined)

    expect(isClosed).toBe(true)
  })
})

function sshLine(point: Uint8Array): string {
  const [type, length] = [Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0])]
  const blob = Buffer.concat([length, Buffer.from([type.length]), type, length, Buffer.from([32]), point])
  return `ssh-ed25519 ${blob.toString('base64')} somebody`
}

describe('an identity file', () => {
  test('is read with comments and empty lines', async () => {
    const { identity } = await generateIdentity('classic')
    const file = Buffer.from(`# created: today\r\n\n${identity.reveal()}\r\n`)

    const read = await readIdentities(file, never)

    expect(read.map((secret) => secret.reveal())).toEqual([identity.reveal()])
  })

  test('locked with a password opens with it only', async () => {
    const { identity } = await generateIdentity('pq')
    const file = await encryptWithPassphrase(Buffer.from(identity.reveal()), new Secret('päss'), 10)

    const read = await readIdentities(file, async () => new Secret('päss'))

    expect(read[0]?.equals(identity)).toBe(true)
    const wrong = readIdentities(file, async () => new Secret('pass'))
    await expect(wrong).rejects.toMatchObject({ code: 'KEY_WRONG' })
  })

  test('that is mistyped or something else is refused, and not shown', async () => {
    const { identity } = await generateIdentity('classic')
    const mistyped = identity.reveal().slice(0, -1)

    const error = await readIdentities(Buffer.from(mistyped), never).catch((thrown: unknown) => thrown)
    const other = readIdentities(Buffer.from('user=me\npassword=hunter2'), never)

    expect(isRedomaError(error, 'DATA_DAMAGED')).toBe(true)
    expect(JSON.stringify([String(error), (error as Error).cause])).not.toContain(mistyped.slice(16))
    await expect(other).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
    await expect(other).rejects.not.toThrow('hunter2')
  })
})

async function never(): Promise<Secret> {
  throw new Error('nobody is to be asked')
}
