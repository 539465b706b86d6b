import { chmod, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { loadIndex } from '../../src/repository/blob-index/load-index.ts'
import { findNode } from '../../src/repository/browsing/find-node.ts'
import { idToBytes } from '../../src/repository/ids.ts'
import { openRepository } from '../../src/repository/open.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { makeReadTree } from '../../src/repository/trees/read-tree.ts'
import {
  expectResticContent,
  expectWhole,
  fillTree,
  type ProtectedTree,
  passwordOf,
  protectedTrees,
} from '../support/protected-tree.ts'
import { placeAt } from '../support/repositories.ts'
import { digestsOf } from '../support/same-files.ts'
import { seededBytes } from '../support/seeded-bytes.ts'

const { signal } = new AbortController()
const timeout = 180_000

/* Each repair: a dry run changes nothing, the repair says what it did, and a second one has nothing to do. */
describe('backup repair', () => {
  test('index makes indexes again that were lost', { timeout }, async () => {
    await using world = await aDamagedWorld(({ nas }) =>
      rm(join(nas, 'system', 'index'), { recursive: true }),
    )
    const indexes = (): Promise<string[]> => readdir(join(world.nas, 'system', 'index'))

    await expectDry(world, ['index'], /^Would have replaced 0 indexes, 0 of them damaged, by 1 new one/)
    const { code, stdout } = await repair(world, ['index'])

    expect({ code, stdout }).toMatchObject({ code: 0 })
    expect(stdout).toMatch(/^Replaced 0 indexes, 0 of them damaged, by 1 new one.\n\d+ packs described/)
    expect(await indexes()).toHaveLength(1)
    await expectWhole(world)
    await expectNothingToDo(world, ['index'])
  })

  test('packs takes out a pack that was cut short, keeps it, and the next backup heals the rest', {
    timeout,
  }, async () => {
    let pack = ''
    let cut = Buffer.alloc(0)
    await using world = await aDamagedWorld(async (at) => {
      const largest = await largestPack(at)
      pack = largest.pack
      await chmod(largest.path, 0o600)
      await truncate(largest.path, Math.floor(largest.size / 2))
      cut = await readFile(largest.path)
    })

    await expectDry(world, ['packs'], new RegExp(`Would have removed 1 damaged pack:\n  data/${pack}`))
    const { code, stdout } = await repair(world, ['packs'])

    expect(code).toBe(0)
    expect(stdout).toMatch(
      new RegExp(`Removed 1 damaged pack:\n  data/${pack}: \\d+ blobs? saved, \\d+ damaged`),
    )
    const kept = stdout.trim().split('\n').at(-1)?.trim() ?? ''
    expect(kept).toContain(join(world.home, 'damaged-packs', 'nas', pack))
    expect(await readFile(kept)).toEqual(cut)
    await expectNothingToDo(world, ['packs'])
    expect(await world.backUp()).toMatchObject({ code: 0 })
    await expectNothingToDo(world, ['snapshots'])
    await expectWhole(world)
  })

  test('packs removes nothing where it cannot be kept', { timeout }, async () => {
    await using world = await aDamagedWorld(async (at) => flip((await largestPack(at)).path, 5000))
    const elsewhere = join(world.path, 'a-file')
    await writeFile(elsewhere, '')
    const before = await digestsOf(world.nas)

    const refused = await repair(world, ['packs', '--keep-in', elsewhere])

    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('--keep-in DIR') as string })
    expect(await digestsOf(world.nas)).toEqual(before)
  })

  test('snapshots leaves out what is lost with a flipped byte for good, and nothing is missed afterwards', {
    timeout,
  }, async () => {
    await using world = await aDamagedWorld(async (at) => flip((await largestPack(at)).path, 5000))
    for (const name of await readdir(world.tree)) if (name.startsWith('1-')) await rm(join(world.tree, name))

    expect(await repair(world, ['packs'])).toMatchObject({ code: 0 })
    await expectNothingToDo(world, ['index'])
    await expectDry(world, ['snapshots'], /1 loss, .*\n {2}\/\S+\/1-\d: lost \d of \d chunks/)
    const { code, stdout } = await repair(world, ['snapshots', '--forget'])

    expect(code).toBe(3)
    expect(stdout).toMatch(/^[0-9a-f]{8} → [0-9a-f]{8}: 1 loss, .*\n {2}\/\S+\/1-\d: lost \d of \d chunks/)
    await expectSound(world)
    await expectNothingToDo(world, ['snapshots'])
  })

  test('snapshots empties a folder whose listing is lost for good', { timeout }, async () => {
    await using world = await aDamagedWorld(async (at) => {
      const { path, offset } = await placeOfFolder(at, join(at.tree, 'folder'))
      await flip(path, offset + 20)
    })
    await rm(join(world.tree, 'folder'), { recursive: true })

    expect(await repair(world, ['packs'])).toMatchObject({ code: 0 })
    await expectDry(world, ['snapshots'], /\/folder: its listing is lost: the folder is empty now/)
    const { code, stdout } = await repair(world, ['snapshots', '--forget'])

    expect(code).toBe(3)
    expect(stdout).toMatch(/\/folder: its listing is lost: the folder is empty now/)
    await expectSound(world)
    await expectNothingToDo(world, ['snapshots'])
  })
})

const filled = protectedTrees(async (world) => {
  await fillTree(world, 2)
  await mkdir(join(world.tree, 'folder'))
  await writeFile(join(world.tree, 'folder', 'file'), seededBytes(7, 1000))
  expect(await world.backUp()).toMatchObject({ code: 0 })
})

/** A tree with some files and a folder, a backup of them, and damage that `verify --read-data` finds. */
async function aDamagedWorld(damage: (world: ProtectedTree) => Promise<unknown>): Promise<ProtectedTree> {
  const world = await filled()
  await damage(world)
  expect(await world.redoma.run(['backup', 'verify', '--read-data'])).toMatchObject({ code: 6 })
  return world
}

function repair({ redoma }: ProtectedTree, words: readonly string[]): ReturnType<typeof redoma.run> {
  return redoma.run(['backup', 'repair', ...words])
}

async function expectDry(world: ProtectedTree, words: readonly string[], says: RegExp): Promise<void> {
  const before = await digestsOf(world.nas)
  const { stdout } = await repair(world, [...words, '--dry-run'])
  expect(stdout).toMatch(says)
  expect(stdout).toContain('nothing was changed')
  expect(await digestsOf(world.nas)).toEqual(before)
}

async function expectNothingToDo(world: ProtectedTree, words: readonly string[]): Promise<void> {
  const before = await digestsOf(world.nas)
  const ended = await repair(world, words)
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to repair') as string })
  expect(await digestsOf(world.nas)).toEqual(before)
}

/** Nothing is wrong and nothing is missed, by our check and by stock restic's. */
async function expectSound({ redoma, nas, home }: ProtectedTree): Promise<void> {
  expect(await redoma.run(['backup', 'verify', '--read-data'])).toMatchObject({ code: 0 })
  await expectResticContent(join(nas, 'system'), await passwordOf(home))
}

interface PackFile {
  readonly path: string
  readonly pack: string
  readonly size: number
}

async function packFiles({ nas }: ProtectedTree): Promise<PackFile[]> {
  const entries = await readdir(join(nas, 'system', 'data'), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return await Promise.all(
    files.map(async ({ name, parentPath }) => {
      const path = join(parentPath, name)
      return { path, pack: name, size: (await readFile(path)).length }
    }),
  )
}

async function largestPack(world: ProtectedTree): Promise<PackFile> {
  const [largest] = (await packFiles(world)).toSorted((a, b) => b.size - a.size)
  if (largest === undefined) throw new Error('there is no pack')
  return largest
}

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await chmod(path, 0o600)
  await writeFile(path, bytes)
}

/** Where the listing of a folder lies, as the newest snapshot has it. */
async function placeOfFolder(
  world: ProtectedTree,
  folder: string,
): Promise<{ readonly path: string; readonly offset: number }> {
  const password = new Secret(await passwordOf(world.home))
  using repository = await openRepository({ ...placeAt(join(world.nas, 'system')), password }, signal)
  const index = await loadIndex(repository, signal)
  const readTree = makeReadTree(repository, index)
  const snapshots = (await listSnapshots(repository, signal)).snapshots.filter(({ paths }) =>
    paths.includes(world.tree),
  )
  const [newest] = snapshots.toSorted((a, b) => (a.timeNs < b.timeNs ? 1 : -1))
  if (newest === undefined) throw new Error('there is no snapshot')
  const node = await findNode(readTree, newest.tree, Buffer.from(folder), signal)
  const place = index.blobs.find('tree', idToBytes(node?.subtree ?? newest.tree))
  const pack = index.packs[place?.pack ?? -1]
  if (place === undefined || pack === undefined) throw new Error('it is in no pack')
  return { path: join(world.nas, 'system', 'data', pack.slice(0, 2), pack), offset: place.offset }
}
