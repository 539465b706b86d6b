import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { collectBytes } from '../../core/bytes.ts'
import { beginAgeEncryption } from '../../crypto/age/encrypt.ts'
import { generateIdentity } from '../../crypto/age/recipients.ts'
import { portablePrimitives } from '../../crypto/portable.ts'
import { MerkleTree } from './merkle.ts'
import { openSealed } from './open-sealed.ts'
import { writeTar } from './tar.ts'

const primitives = portablePrimitives()
const { signal } = new AbortController()
const content = Buffer.from('content')
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

interface Forgery {
  /** In meta.age. */
  readonly parts: readonly { readonly name: string; readonly nameBytes?: string }[]
  /** In the tar. */
  readonly names: readonly string[]
}

/** Anyone can encrypt to a public recipient: this one made up a copy, and opens it as the holder of the key would. */
async function openForged({ parts, names }: Forgery, to: string): Promise<unknown> {
  const { identity, recipient } = await generateIdentity('classic')
  const encrypted = async (plaintext: Uint8Array): Promise<() => AsyncIterable<Uint8Array>> => {
    const encryption = await beginAgeEncryption([recipient], primitives)
    const bytes = await Array.fromAsync(encryption.ciphertext(streamOf(plaintext)))
    return () => streamOf(Buffer.concat(bytes))
  }
  const entry = { size: content.length, mode: 0o644, modifiedSeconds: 0, open: () => streamOf(content) }
  const tar = await collectBytes(writeTar(names.map((name) => ({ ...entry, name }))), 1_000_000)
  const tree = new MerkleTree()
  tree.update(tar)
  const time = '2026-01-01T00:00:00.000Z'
  const part = { bytes: content.length, sha256: sha256(content), modifiedAt: time, mode: '0644' }
  const meta = {
    format: 'redoma recording',
    version: 1,
    recording: '0'.repeat(20),
    source: 's',
    path: 'p',
    sealedAt: time,
    generation: 1,
    recordingFormat: 'opaque',
    details: {},
    problems: [],
    content: {
      form: 'tar',
      bytes: tar.length,
      sha256: sha256(tar),
      merkle: { leafBytes: 65536, root: Buffer.from(tree.root()).toString('hex') },
    },
    parts: parts.map((named) => ({ ...part, ...named })),
  }
  const copy = { original: await encrypted(tar), meta: await encrypted(Buffer.from(JSON.stringify(meta))) }
  return openSealed(copy, { kind: 'identities', identities: [identity] }, to, primitives, signal)
}

async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('a copy that somebody made up', () => {
  test.each([
    ['leads out of the folder by its name', [{ name: '../evil' }], ['../evil'], 'PATH_UNSAFE'],
    [
      'leads out by the bytes of its name',
      [{ name: 'a', nameBytes: base64('../evil') }],
      ['a'],
      'PATH_UNSAFE',
    ],
    ['is called like the folder itself', [{ name: 'a', nameBytes: base64('..') }], ['a'], 'PATH_UNSAFE'],
    ['has a file more than it says', [{ name: 'a' }], ['a', 'b'], 'VERIFICATION_FAILED'],
    ['has a file less than it says', [{ name: 'a' }, { name: 'b' }], ['a'], 'VERIFICATION_FAILED'],
    ['has a file twice', [{ name: 'a' }], ['a', 'a'], 'VERIFICATION_FAILED'],
    [
      'gives two files one name',
      [{ name: 'a' }, { name: 'b', nameBytes: base64('a') }],
      ['a', 'b'],
      'FILE_FAILED',
    ],
  ] as const)('that %s is refused, and nothing is left of it', async (_, parts, names, code) => {
    await using folder = await temporaryFolder()

    await expect(openForged({ parts, names }, join(folder.path, 'to'))).rejects.toMatchObject({ code })
    expect(await readdir(folder.path)).toEqual([])
  })

  test('opens when it is as it says: who made it is for the ledger to say', async () => {
    await using folder = await temporaryFolder()
    const to = join(folder.path, 'to')

    await openForged({ parts: [{ name: 'a' }, { name: 'b' }], names: ['a', 'b'] }, to)
    expect(await readdir(to)).toEqual(['a', 'b'])
  })
})
