import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { lutimesSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { portableFileCalls, portablePrimitives } from '../../src/crypto/portable.ts'
import { memoryDestination } from '../../src/destinations/memory.ts'
import { bodyOf, parseObjectName } from '../../src/ports/destination.ts'
import { checkRepository } from '../../src/repository/checking/check-repository.ts'
import { decodeConfig, encodeConfig } from '../../src/repository/config/config.ts'
import { type Envelope, makeEnvelope } from '../../src/repository/envelope/envelope.ts'
import { type BlobId, blobIdFromBytes, type ObjectId, parseObjectId } from '../../src/repository/ids.ts'
import { decodeIndex } from '../../src/repository/index/decode-index.ts'
import { encodeIndex, type IndexedPack } from '../../src/repository/index/encode-index.ts'
import { decodeKeyFile, encodeKeyFile } from '../../src/repository/keys/key-file.ts'
import { openFirstKey } from '../../src/repository/keys/open-key.ts'
import { openRepository } from '../../src/repository/open.ts'
import { openBlob } from '../../src/repository/packs/open-blob.ts'
import { packHeaderOf } from '../../src/repository/packs/read-pack-header.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { decodeSnapshot } from '../../src/repository/snapshots/decode-snapshot.ts'
import { encodeSnapshot } from '../../src/repository/snapshots/encode-snapshot.ts'
import type { Snapshot } from '../../src/repository/snapshots/snapshot.ts'
import { decodeTree } from '../../src/repository/trees/decode-tree.ts'
import { encodeTree } from '../../src/repository/trees/encode-tree.ts'
import type { TreeNode } from '../../src/repository/trees/node.ts'
import { decodeUnpacked } from '../../src/repository/unpacked/decode-unpacked.ts'
import { handTurnedClock } from '../support/clock.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { programMissing } from '../support/programs.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
const primitives = portablePrimitives()
const password = 'tab\tand "quotes"'

/** Names that a quoting or an order could get wrong, as bytes. */
const nastyNames = [
  'plain',
  'new\nline',
  'quote" back\\slash \'single',
  '<html>&amp;',
  '\x01\x07\x08\x0b\x0c\x1b\x7f',
  ' leading and trailing ',
  '\u00a0\u00ad\u200b\u2028\u2029',
  'é ü 漢字 \ud83d\ude00',
  '\ufffd \ue000 \u{10ffff} \u{e0001}',
  '\u{1fae9} \u{1fadf} \u{1fa89}',
  '\ufb01\uff21',
  '\u{10000}',
  '...',
  '-rf *',
].map((name) => Buffer.from(name))
const notUtf8 = [
  [0xff],
  [0x61, 0xff, 0xed, 0xa0, 0x80],
  [0xc3],
  [0xe2, 0x82],
  [0xc0, 0xaf],
  [0xf4, 0x90, 0x80, 0x80],
]

function makeNastyFolder(folder: string, losesLinkBytes: boolean): void {
  const path = (name: Uint8Array): Buffer => Buffer.concat([Buffer.from(`${folder}/`), name])
  for (const [i, name] of [...nastyNames, ...notUtf8.map((bytes) => Buffer.from(bytes))].entries()) {
    writeFileSync(path(name), `content ${i}`)
  }
  writeFileSync(join(folder, 'empty'), '')
  writeFileSync(join(folder, 'large'), randomBytes(3 * 1024 * 1024))
  symlinkSync('target <&> \u2028 \n', join(folder, 'link'))
  mkdirSync(join(folder, 'folder', 'empty folder'), { recursive: true, mode: 0o1755 })
  // restic before 0.16 loses the target of such a link.
  if (!losesLinkBytes) symlinkSync(Buffer.from([0x2f, 0xff, 0x26, 0x0a]), join(folder, 'link to bytes'))
  execFileSync('mkfifo', [join(folder, 'fifo')])
  lutimesSync(join(folder, 'empty'), -0.5, -0.5)
}

interface OpenedRepository {
  readonly config: Uint8Array
  readonly envelope: Envelope
  readonly indexes: readonly Uint8Array[]
  readonly snapshots: readonly Uint8Array[]
  readonly packs: ReadonlyMap<ObjectId, Uint8Array>
}

async function openFiles(folder: string): Promise<OpenedRepository> {
  const filesIn = async (kind: string): Promise<{ id: ObjectId; bytes: Uint8Array }[]> => {
    const entries = await readdir(join(folder, kind), { recursive: true, withFileTypes: true })
    return Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map(async (entry) => ({
          id: parseObjectId(entry.name),
          bytes: await readFile(join(entry.parentPath, entry.name)),
        })),
    )
  }
  const keys = await filesIn('keys')
  for (const { bytes } of keys) expect(Buffer.from(encodeKeyFile(decodeKeyFile(bytes)))).toEqual(bytes)
  const { masterKey } = await openFirstKey(streamOf(keys), new Secret(password), primitives)
  const envelope = makeEnvelope(masterKey, primitives)
  const unpacked = async (kind: string): Promise<Uint8Array[]> =>
    (await filesIn(kind)).map(({ id, bytes }) => decodeUnpacked(id, bytes, envelope, primitives, 2 ** 24))
  return {
    config: envelope.open(await readFile(join(folder, 'config'))),
    envelope,
    indexes: await unpacked('index'),
    snapshots: await unpacked('snapshots'),
    packs: new Map((await filesIn('data')).map(({ id, bytes }) => [id, bytes])),
  }
}

async function* streamOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

function indexedPacks(index: Uint8Array): IndexedPack[] {
  const packs: IndexedPack[] = []
  decodeIndex(index, (id, blobs) => packs.push({ id, blobs }))
  return packs
}

function idOf(bytes: Uint8Array): BlobId {
  const hash = new Uint8Array(32)
  primitives.sha256(bytes, hash)
  return blobIdFromBytes(hash)
}

/** The repository with our own primitives, out of a copy in memory. */
async function openCopy(folder: string): Promise<Repository> {
  const destination = memoryDestination()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const name = parseObjectName(`system/${path.slice(folder.length + 1)}`)
    await destination.put(name, bodyOf(await readFile(path)), signal)
  }
  const clock = handTurnedClock()
  const place = { destination, prefix: 'system/', password: new Secret(password), clock, primitives }
  return openRepository({ ...place, fileCalls: portableFileCalls() }, signal)
}

function formatCompat(name: string, restic: string, missing: boolean): void {
  describe.skipIf(missing)(`what ${name} writes`, () => {
    test('is understood to the last byte, and encoded again the same', async () => {
      await using folder = await temporaryFolder()
      const source = join(folder.path, 'source')
      mkdirSync(source)
      makeNastyFolder(source, isOld(restic))
      const repository = join(folder.path, 'repository')
      const run = (...words: string[]): void => {
        const env = { ...process.env, TZ: 'UTC', RESTIC_PASSWORD: password, RESTIC_REPOSITORY: repository }
        execFileSync(restic, ['--no-cache', '--quiet', ...words], { env, stdio: 'pipe' })
      }
      run('init')
      run('backup', '--tag', 'a<b', '--exclude', '*.x', '--host', 'h"ost', source)
      run('backup', '--host', 'h"ost', source)

      const files = await openFiles(repository)

      expect(Buffer.from(encodeConfig(decodeConfig(files.config)))).toEqual(Buffer.from(files.config))
      const snapshots = files.snapshots.map((json) => expectSameSnapshot(json))
      expect(snapshots.some((snapshot) => snapshot.parent !== undefined)).toBe(true)
      expect(snapshots.some((snapshot) => snapshot.tags?.[0] === 'a<b')).toBe(true)

      const trees = new Map<BlobId, TreeNode[]>()
      let dataBytes = 0
      for (const index of files.indexes) {
        const packs = indexedPacks(index)
        expect(Buffer.from(encodeIndex(packs)).toString()).toBe(Buffer.from(index).toString())
        for (const { id, blobs } of packs) {
          const pack = files.packs.get(id) ?? new Uint8Array()
          expect(packHeaderOf(pack, files.envelope)).toEqual(blobs.toSorted((a, b) => a.offset - b.offset))
          for (const blob of blobs) {
            const stored = pack.subarray(blob.offset, blob.offset + blob.length)
            const content = openBlob(blob, stored, files.envelope, primitives)
            if (blob.type === 'tree') trees.set(blob.id, expectSameTree(blob.id, content))
            else dataBytes += content.length
          }
        }
      }
      expect(dataBytes).toBeGreaterThan(3 * 1024 * 1024)

      using copy = await openCopy(repository)
      const report = await checkRepository(copy, { readData: { kind: 'all' } }, () => undefined, signal)
      expect(report).toMatchObject({ problems: [], snapshots: 2, packs: files.packs.size, trees: trees.size })

      const root = snapshots[0]?.tree
      const names = namesBelow(trees, root, ['tmp', folder.path.slice('/tmp/'.length), 'source'])
      const expected = [...nastyNames, ...notUtf8.map((bytes) => Buffer.from(bytes))]
      for (const expectedName of expected) expect(names).toContain(expectedName.toString('hex'))
    })
  })
}

function isOld(restic: string): boolean {
  return / 0\.1[0-5]\./.test(execFileSync(restic, ['version'], { encoding: 'utf8' }))
}

function expectSameSnapshot(json: Uint8Array): Snapshot {
  const snapshot = decodeSnapshot(json)
  expect(Buffer.from(encodeSnapshot(snapshot)).toString()).toBe(Buffer.from(json).toString())
  return snapshot
}

function expectSameTree(id: BlobId, content: Uint8Array): TreeNode[] {
  const nodes = decodeTree(content)
  const again = encodeTree(nodes)
  expect(Buffer.from(again).toString()).toBe(Buffer.from(content).toString())
  expect(idOf(again)).toBe(id)
  return nodes
}

function namesBelow(
  trees: ReadonlyMap<BlobId, readonly TreeNode[]>,
  root: BlobId | undefined,
  path: readonly string[],
): string[] {
  let nodes = root === undefined ? [] : (trees.get(root) ?? [])
  for (const part of path) {
    const subtree = nodes.find((node) => Buffer.from(node.name).toString() === part)?.subtree
    nodes = subtree === undefined ? [] : (trees.get(subtree) ?? [])
  }
  return nodes.map((node) => Buffer.from(node.name).toString('hex'))
}

formatCompat('stock restic', 'restic', programMissing('restic'))
const newer = newerProgram('restic')
formatCompat('a newer restic', newer ?? '', newer === undefined)
