import { execFile } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { chown, mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { compareTrees } from './compare-trees.ts'
import { madeOnce } from './made-once.ts'
import { newerProgram } from './newer-programs.ts'
import { type Ended, type Redoma, redomaAt } from './redoma.ts'
import { seededBytes } from './seeded-bytes.ts'
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts'

const clock = { now: () => new Date() }
const mebibyte = 1024 * 1024

/** What `backup create --json` says of a part, as far as tests ask. */
export interface Part {
  readonly source: string
  readonly outcome: {
    readonly kind: string
    readonly failure?: { readonly code: string; readonly message: string; readonly hint?: string }
    readonly warnings?: readonly string[]
  }
  readonly figures: { readonly bytesStored: number }
}

export interface Backup extends Ended {
  readonly parts: readonly Part[]
}

/** An instance, and a tree that it backs up to the destination `nas`. */
export interface ProtectedTree extends AsyncDisposable {
  readonly path: string
  readonly home: string
  readonly tree: string
  readonly nas: string
  readonly redoma: Redoma
  /** `backup create --only system`, with what it says of each part. */
  backUp(...words: readonly string[]): Promise<Backup>
}

export interface Places {
  readonly home?: string
  readonly nas?: string
  /** Who runs the program, where the test is root: root may do everything. */
  readonly user?: number
}

/** With a small file in the tree, and its first backup. Where all is in one folder, it is made once for all tests of the file. */
export async function aProtectedTree(places?: Places): Promise<ProtectedTree> {
  if (places === undefined) return await plain()
  const folder = await temporaryFolder()
  const world = protectedTreeIn(folder, places)
  await begin(world, places)
  return world
}

/**
 * A tree with its first backup, and what `more` does with it, which is done once: each test gets it put back. To be called where tests are collected.
 *
 * @returns what gives one, to one test at a time
 */
export function protectedTrees(
  more: (world: ProtectedTree) => Promise<void> = async () => undefined,
): () => Promise<ProtectedTree> {
  const give = madeOnce(async (path) => {
    const world = protectedTreeIn({ path, [Symbol.asyncDispose]: () => Promise.resolve() })
    await begin(world)
    await more(world)
  })
  return async () => protectedTreeIn(await give())
}

const plain = protectedTrees()

async function begin({ path, tree, nas, redoma }: ProtectedTree, places: Places = {}): Promise<void> {
  const { user } = places
  await mkdir(tree)
  await writeFile(join(tree, 'small'), 'there from the beginning')
  for (const each of [path, tree, join(tree, 'small'), places.home, places.nas]) {
    if (user !== undefined && each !== undefined) await chown(each, user, user)
  }
  await must(redoma, ['init'])
  await must(redoma, ['source', 'add', 'tree', '--files', tree])
  await must(redoma, ['destination', 'add', 'nas', '--local', nas])
  await must(redoma, ['backup', 'create', '--only', 'system'])
}

function protectedTreeIn(folder: TemporaryFolder, places: Places = {}): ProtectedTree {
  const { home = join(folder.path, 'home'), nas = join(folder.path, 'nas'), user } = places
  const redoma = redomaAt(home, user)
  return {
    path: folder.path,
    home,
    tree: join(folder.path, 'tree'),
    nas,
    redoma,
    async backUp(...words) {
      const ended = await redoma.run(['backup', 'create', '--only', 'system', '--json', ...words])
      return { ...ended, parts: partsOf(ended.stdout) }
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

/** Files of a mebibyte each that no compression makes smaller; other seeds, other contents. */
export async function fillTree({ tree }: ProtectedTree, mebibytes: number, seed = 1): Promise<void> {
  const { uid, gid } = await stat(tree)
  for (let n = 0; n < mebibytes; n++) {
    const path = join(tree, `${seed}-${n}`)
    await writeFile(path, seededBytes(seed * 1000 + n, mebibyte))
    await chown(path, uid, gid)
  }
}

/** A backup during which something happens, once its first new pack is there. */
export async function midway(world: ProtectedTree, happens: () => unknown): Promise<Backup> {
  const before = packsOf(world).length
  const { child, ended } = world.redoma.start(['backup', 'create', '--only', 'system', '--json'])
  while (child.exitCode === null && packsOf(world).length === before) await wait(2)
  await happens()
  const end = await ended
  return { ...end, parts: partsOf(end.stdout) }
}

export function bytesOfPacks(world: ProtectedTree): number {
  return packsOf(world).reduce((bytes, path) => bytes + statSync(path).size, 0)
}

function packsOf({ nas }: ProtectedTree): string[] {
  const data = join(nas, 'system', 'data')
  return readdirSync(data, { recursive: true, encoding: 'utf8' })
    .filter((name) => /[0-9a-f]{64}$/.test(name))
    .map((name) => join(data, name))
}

export function partOf({ parts }: Backup, source: string): Part {
  const found = parts.find((part) => part.source === source)
  if (found === undefined) throw new Error(`the run has no part for ${source}`)
  return found
}

/** Our check and stock restic's read all of it and find nothing; the newest snapshot of the tree restores equal. */
export async function expectWhole(world: ProtectedTree): Promise<void> {
  const { redoma, tree, nas, home, path } = world
  expect(await redoma.run(['backup', 'verify', '--read-data'])).toMatchObject({ code: 0 })
  await expectResticContent(join(nas, 'system'), await passwordOf(home))
  const target = join(path, `restored-${crypto.randomUUID()}`)
  expect(await redoma.run(['restore', 'latest', '--source', 'tree', '--to', target])).toMatchObject({
    code: 0,
  })
  expect(compareTrees(tree, join(target, tree))).toEqual([])
}

export async function expectResticContent(repository: string, password: string): Promise<void> {
  const env = { PATH: process.env['PATH'], RESTIC_PASSWORD: password, TZ: 'UTC' }
  const words = ['--repo', repository, '--no-cache', '--no-lock', 'check', '--read-data']
  const { stdout } = await promisify(execFile)(newerProgram('restic') ?? 'restic', words, { env })
  expect(stdout).toContain('no errors were found')
}

/** Of the repository at a destination, or the first one: what a person finds in the bundle. */
export async function passwordOf(home: string, destination?: string): Promise<string> {
  // An instance opens for its owner alone.
  const own = process.geteuid?.() ?? 0
  process.seteuid?.((await stat(home)).uid)
  const catalogue = await openCatalogue({ home, clock })
  try {
    const all = await catalogue.destinations.list()
    const record = destination === undefined ? all[0] : all.find(({ name }) => name === destination)
    return record?.repositoryPassword.reveal() ?? ''
  } finally {
    await catalogue.close()
    process.seteuid?.(own)
  }
}

async function must(redoma: Redoma, words: readonly string[]): Promise<void> {
  const ended = await redoma.run(words)
  expect({ words, ...ended }).toMatchObject({ words, code: 0 })
}

function partsOf(stdout: string): readonly Part[] {
  return stdout === '' ? [] : (JSON.parse(stdout) as { readonly parts: readonly Part[] }).parts
}
