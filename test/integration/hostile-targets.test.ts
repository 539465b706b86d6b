import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { loadFileCalls } from '../../src/crypto/native.ts'
import type { BlobId } from '../../src/repository/ids.ts'
import type { Repository } from '../../src/repository/repository.ts'
import type { RestoreRequest, RestoreResult } from '../../src/repository/restoring/request.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { goModeOf } from '../../src/repository/trees/file-mode.ts'
import type { TreeNode } from '../../src/repository/trees/node.ts'
import { compareDescriptions, describeTree } from '../support/compare-trees.ts'
import { aFile, aFolder, aLink, makeHandmadeRepository } from '../support/handmade-repository.ts'
import { memoryDisk } from '../support/memory-disk.ts'
import { isRefused, mountRefused } from '../support/mounting.ts'
import { aRestore } from '../support/repositories.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
const quiet = (): void => undefined
const isSlow = process.env['SLOW'] !== undefined

/** A target, what lies outside of it, and a snapshot with the folders `inner` and `other`, which hold entries of all kinds. */
interface SetUp extends AsyncDisposable {
  readonly folder: string
  readonly target: string
  readonly outside: string
  /** What is different outside than it was. */
  changesOutside(): string[]
  restore(but?: Partial<RestoreRequest>, repository?: Repository): Promise<RestoreResult>
  readonly repository: Repository
}

async function setUp(): Promise<SetUp> {
  const folder = await temporaryFolder()
  const [target, outside] = [join(folder.path, 'target'), join(folder.path, 'outside')]
  mkdirSync(join(target, 'inner', 'deep'), { recursive: true })
  writeFileSync(join(target, 'inner', 'extra'), 'not in the snapshot')
  makeOutside(outside)
  const { repository, id } = await makeSnapshot()
  const before = describeTree(outside)
  return {
    repository,
    folder: folder.path,
    target,
    outside,
    changesOutside: () => compareDescriptions(before, describeTree(outside)),
    restore: (but = {}, from = repository) =>
      restore(from, id, aRestore(target, { workers: 2, ...but }), quiet, signal),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

/** With the names that the snapshot has, and those that it has not. */
function makeOutside(outside: string): void {
  mkdirSync(join(outside, 'deep'), { recursive: true })
  for (const name of ['file', 'large', 'fifo', 'extra', 'deep/file', 'deep/precious'])
    writeFileSync(join(outside, name), 'untouched')
}

/** Each tree is in a pack of its own, so that each is a read; the content of `large` is in two. */
async function makeSnapshot(): Promise<{ repository: Repository; id: string }> {
  const handmade = await makeHandmadeRepository()
  const publishedTree = async (nodes: readonly TreeNode[]): Promise<BlobId> => {
    const id = handmade.tree(nodes)
    await handmade.publish()
    return id
  }
  const content = handmade.data('content')
  const deep = await publishedTree([aFile('file', [content], 7)])
  const end = handmade.data('end')
  const entries = [
    aFolder('deep', deep),
    aFile('empty', [], 0),
    { ...aFile('fifo', [], 0), type: 'fifo' as const, mode: goModeOf(0o010666), content: undefined },
    aFile('file', [content], 7),
    aFile('large', [content, end, content], 17),
    aLink('link', 'anywhere'),
  ].map((node) => ({ ...node, uid: 1234, gid: 1234 }))
  const inner = await publishedTree([...entries, aSecondName])
  const other = await publishedTree(entries)
  const nothing = await publishedTree([])
  const { id } = await handmade.snapshot(
    await publishedTree([
      { ...aSecondName, content: [content] },
      aFolder('inner', inner),
      aFolder('nothing', nothing),
      aFolder('other', other),
    ]),
  )
  await handmade.publish()
  return { repository: { ...handmade.repository, fileCalls: loadFileCalls() }, id }
}

const aSecondName: TreeNode = { ...aFile('another name', [], 7), links: 2, inode: 5n }
const entriesOfOther = ['deep', 'empty', 'fifo', 'file', 'large', 'link']

/** Calls `act` before the `n`-th read from the repository when the restore has come to the folders; of contents only, if asked. */
function actingAt(
  n: number,
  { repository, target }: SetUp,
  act: () => void | Promise<void>,
  of: 'all' | 'contents' = 'all',
): Repository {
  const { destination } = repository
  let reads = 0
  return {
    ...repository,
    destination: {
      ...destination,
      async *get(...words) {
        // Trees are read whole with their packs.
        const counts = of === 'all' || words[1] !== undefined
        if (counts && existsSync(join(target, 'other')) && ++reads === n) await act()
        yield* destination.get(...words)
      },
    },
  }
}

describe('a restore into a folder that others may write to', () => {
  test.each([1, 2, 3, 4])(
    'never follows a link that takes the place of a folder meanwhile, at read %i',
    async (n) => {
      await using set = await setUp()
      let isDone = false
      const repository = actingAt(n, set, () => {
        renameSync(join(set.target, 'inner'), join(set.folder, 'inner, elsewhere'))
        symlinkSync(set.outside, join(set.target, 'inner'))
        isDone = true
      })

      const { problems } = await set.restore({ deletes: 'extra' }, repository)

      expect(isDone).toBe(true)
      expect(set.changesOutside()).toEqual([])
      expect(readdirSync(join(set.target, 'other')).toSorted()).toEqual(entriesOfOther)
      expect(problems.length).toBeGreaterThan(0)
      expect(problems.filter(({ path }) => !path.startsWith(`${set.target}/inner`))).toEqual([])
    },
  )

  test('never follows one that comes and goes all the time', async () => {
    await using set = await setUp()
    await using other = await exchangingAllTheTime(set)

    for (let round = 0; round < (isSlow ? 200 : 10); round++) {
      const { problems } = await set.restore({ deletes: 'extra' })

      expect(set.changesOutside()).toEqual([])
      expect(problems.filter(({ path }) => !path.startsWith(`${set.target}/inner`))).toEqual([])
      expect(readFileSync(join(set.target, 'other/large'), 'utf8')).toBe('contentendcontent')
    }
    expect(other.isRunning()).toBe(true)
  }, 120_000)

  test('writes to no file elsewhere of which somebody puts another name in the place of the one it writes', async () => {
    await using set = await setUp()
    const inner = join(set.target, 'inner')
    const exchange = async (): Promise<void> => {
      const begun = await beginningOf(join(inner, 'large'))
      renameSync(begun, join(inner, 'aside'))
      linkSync(join(set.outside, 'large'), begun)
    }
    const repository = actingAt(2, set, exchange, 'contents')

    const { problems } = await set.restore({}, repository)

    expect(readFileSync(join(set.outside, 'large'), 'utf8')).toBe('untouched')
    expect(lstatSync(join(set.outside, 'large')).uid).toBe(process.getuid?.())
    expect(problems.map(({ path }) => path)).toContain(join(inner, 'large'))
  })
})

/** The file that will be `path`, once a thread has written a part of it. */
async function beginningOf(path: string): Promise<string> {
  for (;;) {
    const names = readdirSync(dirname(path)).filter((name) => name.startsWith('.redoma-'))
    const begun = names.map((name) => join(dirname(path), name)).find((one) => lstatSync(one).size > 0)
    if (begun !== undefined) return begun
    await setTimeout(5)
  }
}

/** In another process. */
async function exchangingAllTheTime({
  target,
  folder,
  outside,
}: SetUp): Promise<AsyncDisposable & { isRunning(): boolean }> {
  const program = new URL('../support/exchange-forever.ts', import.meta.url).pathname
  const words = [program, join(target, 'inner'), outside, join(folder, 'aside')]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  return {
    isRunning: () => child.exitCode === null,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

describe.skipIf(mountRefused())('a restore that deletes', () => {
  test('leaves what is mounted below, also a part of the same file system', async () => {
    await using set = await setUp()
    const mounted = join(set.target, 'extra/mounted')
    mkdirSync(mounted, { recursive: true })
    writeFileSync(join(set.target, 'extra/file'), '')
    execFileSync('mount', ['--bind', set.outside, mounted])
    try {
      const { problems, deleted } = await set.restore({ deletes: 'extra' })

      expect(set.changesOutside()).toEqual([])
      expect(problems).toEqual([{ path: mounted, message: 'is another file system, and is not deleted' }])
      expect(deleted).toBe(2)
    } finally {
      execFileSync('umount', [mounted])
    }
  })

  test('leaves what is mounted on a folder of which the backup had only the name', async () => {
    await using set = await setUp()
    const mounted = join(set.target, 'nothing')
    await using disk = await memoryDisk(1, mounted)
    writeFileSync(join(disk.path, 'file'), 'precious')

    const { problems } = await set.restore({ deletes: 'extra' })

    expect(readFileSync(join(mounted, 'file'), 'utf8')).toBe('precious')
    expect(problems.map(({ path }) => path)).toEqual([mounted])
    expect(existsSync(join(set.target, 'inner/extra'))).toBe(false)
  })
})

const immutableRefused = isRefused(
  'sh',
  '-c',
  'f=$(mktemp) && chattr +i "$f"; code=$?; chattr -i "$f"; rm "$f"; exit $code',
)

describe.skipIf(immutableRefused)('a target with files that nobody may change', () => {
  test('keeps those, which are named, and gets the rest', async () => {
    await using set = await setUp()
    const kept = ['inner/extra', 'inner/file', 'inner/link'].map((name) => join(set.target, name))
    writeFileSync(join(set.target, 'inner/file'), 'immutable')
    writeFileSync(join(set.target, 'inner/link'), 'immutable')
    execFileSync('chattr', ['+i', ...kept])
    try {
      const { problems } = await set.restore({ deletes: 'extra' })

      expect(problems.map(({ path }) => path).toSorted()).toEqual(kept)
      expect(problems.map(({ message }) => message).join()).toContain('EPERM: operation not permitted')
      expect(readdirSync(join(set.target, 'inner')).toSorted()).toEqual(
        ['another name', 'extra', ...entriesOfOther].toSorted(),
      )
      expect(lstatSync(join(set.target, 'inner/large')).uid).toBe(1234)
    } finally {
      execFileSync('chattr', ['-i', ...kept])
    }
  })
})
