import { execFileSync } from 'node:child_process'
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memoryDestination } from '../../src/destinations/memory.ts'
import type { ObjectName } from '../../src/ports/destination.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import type { BackupRequest, BackupResult } from '../../src/repository/archiving/request.ts'
import { loadIndex } from '../../src/repository/blob-index/load-index.ts'
import { findNode } from '../../src/repository/browsing/find-node.ts'
import { parseBlobId } from '../../src/repository/ids.ts'
import { initRepository } from '../../src/repository/open.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { makeReadTree } from '../../src/repository/trees/read-tree.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { programMissing } from '../support/programs.ts'
import { aBackup, aRestore, placeAt, placeOf, testPassword } from '../support/repositories.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
const quiet = (): void => undefined

/** What is in the snapshot under `source`, by relative path, as a restore brings it. */
async function backedUp(
  folder: string,
  paths: readonly string[],
  but: Partial<BackupRequest> = {},
): Promise<{ names: string[]; result: BackupResult }> {
  const repository = await initRepository(placeOf(memoryDestination()), signal)
  const result = await backUp(repository, aBackup(paths, { workers: 1, ...but }), quiet, signal)
  const target = join(folder, `restored-${Math.round(performance.now() * 1000)}`)
  await restore(repository, result.snapshotId, aRestore(target, { workers: 1 }), quiet, signal)
  const from = join(target, folder, 'source')
  const names = readdirSync(from, { recursive: true, encoding: 'utf8' }).toSorted()
  return { names, result }
}

function makeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true })
    writeFileSync(join(root, name), content)
  }
}

describe('what a backup takes', () => {
  test('is compared with the last backup of the same folder, however the folder is spelled', async () => {
    await using folder = await temporaryFolder()
    makeFiles(folder.path, { a: '1', 'deep/b': '2' })
    const repository = await initRepository(placeOf(memoryDestination()), signal)
    let last = await backUp(repository, aBackup([folder.path], { workers: 1 }), quiet, signal)

    for (const spelling of [relative('.', folder.path), `${folder.path}/deep/..`]) {
      const again = await backUp(repository, aBackup([spelling], { workers: 1 }), quiet, signal)
      expect(again).toMatchObject({ filesNew: 0, filesUnmodified: 2, parent: last.snapshotId })
      last = again
    }
  })

  test('is the same whether threads archive it or, where little is new, the main thread', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    makeFiles(source, { a: '1', 'deep/b': '2', 'deep/empty': '', 'deep/er/large': 'x'.repeat(5_000_000) })
    symlinkSync('a', join(source, 'link'))

    // With all below it; above it is the system's folder for temporary files, which others write to meanwhile.
    const nodes = []
    for (const workers of [undefined, 2]) {
      const repository = await initRepository(placeOf(memoryDestination()), signal)
      const result = await backUp(repository, aBackup([source], { workers }), quiet, signal)
      expect(result).toMatchObject({ filesNew: 4, problems: [] })
      const readTree = makeReadTree(repository, await loadIndex(repository, signal))
      nodes.push(await findNode(readTree, parseBlobId(result.tree), Buffer.from(source), signal))
    }

    expect(nodes[0]?.subtree).toBeDefined()
    expect(nodes[0]).toEqual(nodes[1])
  })

  test('goes to threads when much of it is new, and to the main thread what little is new then', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    makeFiles(source, Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`${n % 7}/${n}`, `${n}`])))
    const repository = await initRepository(placeOf(memoryDestination()), signal)
    const request = aBackup([source], { workers: undefined })
    expect(await backUp(repository, request, quiet, signal)).toMatchObject({ filesNew: 3000, problems: [] })
    makeFiles(source, { '3/3': 'changed', '3/new': 'new' })

    const again = await backUp(repository, request, quiet, signal)

    expect(again).toMatchObject({ filesNew: 1, filesChanged: 1, filesUnmodified: 2999, problems: [] })
    const target = join(folder.path, 'target')
    await restore(repository, again.snapshotId, aRestore(target, { workers: 1 }), quiet, signal)
    expect(compareTrees(source, join(target, source))).toEqual([])
  })

  test('follows the rules of gitignore, with negation, anchors, folders, and names that are not UTF-8', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    makeFiles(source, {
      'a.log': '',
      'keep.log': '',
      'deep/b.log': '',
      'deep/c': '',
      'only-here': '',
      'deep/only-here': '',
      'cache/x': '',
      cachefile: '',
      '...': '',
      '..a': '',
      'kept/dropped': '',
      'kept/again': '',
    })
    writeFileSync(
      Buffer.concat([Buffer.from(`${source}/bad-`), Buffer.from([0xff]), Buffer.from('.log')]),
      '',
    )

    const exclude = ['*.log', '!keep.log', '/only-here', 'cache/', 'kept/*', '!kept/again']
    const { names, result } = await backedUp(folder.path, [`${source}/`], { exclude })

    expect(result.problems).toEqual([])
    expect(names).toEqual(
      [
        '...',
        '..a',
        'cachefile',
        'deep',
        'deep/c',
        'deep/only-here',
        'keep.log',
        'kept',
        'kept/again',
      ].toSorted(),
    )
  })

  test('leaves out a place with all that is in it, and nothing that has its name elsewhere', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    makeFiles(source, { 'one/copies/old': '', 'one/y': '', 'two/copies/precious': '', 'two/[á]/x': '' })

    const { names, result } = await backedUp(folder.path, [join(source, 'one'), join(source, 'two')], {
      excludePaths: [join(source, 'one/copies'), join(source, 'two/[á]')],
    })

    expect(result.problems).toEqual([])
    expect(names).toEqual(['one', 'one/y', 'two', 'two/copies', 'two/copies/precious'])
  })

  test('leaves out what says of itself that it is a cache, and waits for no fifo to say so', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    const tag = 'Signature: 8a477f597d28d172789f06886806bc55'
    makeFiles(source, {
      'cache/CACHEDIR.TAG': `${tag}\n# more`,
      'cache/x': '',
      'not/CACHEDIR.TAG': 'Signature: 0',
      'not/x': '',
      'fifo/x': '',
    })
    execFileSync('mkfifo', [join(source, 'fifo', 'CACHEDIR.TAG')])

    const { names } = await backedUp(folder.path, [source], { excludeCaches: true })

    expect(names).toContain('cache/CACHEDIR.TAG')
    expect(names).not.toContain('cache/x')
    expect(names).toContain('not/x')
    expect(names).toContain('fifo/x')
  })

  test('leaves out files above the limit, and only those', async () => {
    await using folder = await temporaryFolder()
    makeFiles(join(folder.path, 'source'), { large: 'x'.repeat(11), fits: 'x'.repeat(10) })

    const { names } = await backedUp(folder.path, [join(folder.path, 'source')], {
      excludeLargerThanBytes: 10,
    })

    expect(names).toEqual(['fits'])
  })

  test('takes what was named, although a rule leaves out what is around it', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    makeFiles(source, { 'tmp/wanted/x': '', 'tmp/other': '', y: '' })

    const { names } = await backedUp(folder.path, [source, join(source, 'tmp/wanted')], { exclude: ['tmp'] })

    expect(names).toEqual(['tmp', 'tmp/wanted', 'tmp/wanted/x', 'y'])
  })

  test.skipIf(process.geteuid?.() !== 0)(
    'stays on one file system, but for paths that were named',
    async () => {
      await using folder = await temporaryFolder()
      const source = join(folder.path, 'source')
      for (const name of ['mounted', 'named']) {
        mkdirSync(join(source, name), { recursive: true })
        execFileSync('mount', ['-t', 'tmpfs', 'none', join(source, name)])
        writeFileSync(join(source, name, 'x'), '')
      }
      try {
        const { names } = await backedUp(folder.path, [source, join(source, 'named')], {
          oneFileSystem: true,
        })
        expect(names).toEqual(['mounted', 'named', 'named/x'])
      } finally {
        for (const name of ['mounted', 'named']) execFileSync('umount', [join(source, name)])
      }
    },
  )

  test('takes a file or a link that was named, and says when a path leads through a file', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    makeFiles(source, { file: 'x', other: 'y' })
    symlinkSync('nowhere', join(source, 'link'))

    const paths = ['file', 'link', 'other/below'].map((name) => join(source, name))
    const { names, result } = await backedUp(folder.path, paths)

    expect(names).toEqual(['file', 'link'])
    expect(result.problems.map(({ path }) => path)).toEqual([join(source, 'other')])
  })

  test('makes a snapshot although trees of the one before are gone', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    makeFiles(source, { 'a/b': 'x' })
    const objects = new Map<ObjectName, Uint8Array>()
    const repository = await initRepository(placeOf(memoryDestination(objects)), signal)
    await backUp(repository, aBackup([source]), quiet, signal)
    for (const name of objects.keys()) if (name.startsWith('data/')) objects.delete(name)

    const second = await backUp(repository, aBackup([source]), quiet, signal)

    expect(second.filesNew).toBe(1)
  })

  test.skipIf(programMissing('restic'))(
    'passes over holes, and cuts files with holes as restic does',
    async () => {
      await using folder = await temporaryFolder()
      const source = join(folder.path, 'source')
      const at = join(folder.path, 'repository')
      mkdirSync(source)
      mkdirSync(at)
      for (const [name, size, places] of [
        ['all', 2 * 1024 ** 3, []],
        ['some', 40 * 1024 ** 2 + 7, [3, 5_000_000, 5_600_000, 30_000_001]],
        ['end', 9_000_000, [8_999_000]],
        ['least', 512 * 1024, []],
      ] as const) {
        const fd = openSync(join(source, name), 'w')
        ftruncateSync(fd, size)
        for (const place of places) writeSync(fd, Buffer.alloc(700, `${place}-`), 0, 700, place)
        closeSync(fd)
      }
      const repository = await initRepository(placeAt(at), signal)

      const before = process.cpuUsage()
      const result = await backUp(repository, aBackup([source], { workers: 1 }), quiet, signal)
      const { user, system } = process.cpuUsage(before)
      const env = { ...process.env, RESTIC_PASSWORD: testPassword, TZ: 'UTC' }
      const output = execFileSync('restic', ['-r', at, '--no-cache', 'backup', '--force', '--json', source], {
        env,
        encoding: 'utf8',
      })
      const summary = JSON.parse(output.trim().split('\n').at(-1) ?? '') as { data_blobs: number }
      const target = join(folder.path, 'target')
      const restored = await restore(
        repository,
        result.snapshotId,
        aRestore(target, { path: source, verify: false }),
        quiet,
        signal,
      )

      expect(summary.data_blobs).toBe(0)
      expect((user + system) / 1e6).toBeLessThan(2)
      expect(restored.problems).toEqual([])
      const { size, blocks } = statSync(join(target, 'all'))
      expect(size).toBe(2 * 1024 ** 3)
      expect(blocks * 512).toBeLessThan(1024 ** 2)
    },
  )
})
