import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { loadIndex } from '../../src/repository/blob-index/load-index.ts'
import { findNode } from '../../src/repository/browsing/find-node.ts'
import { initRepository, openRepository } from '../../src/repository/open.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { makeReadTree } from '../../src/repository/trees/read-tree.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { makeDifficultTree } from '../support/difficult-tree.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { programMissing } from '../support/programs.ts'
import { aBackup, aRestore, placeAt, testPassword } from '../support/repositories.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
const quiet = (): void => undefined

const peers = [
  { name: 'restic of Debian', program: 'restic', missing: programMissing('restic'), withRawLinks: false },
  {
    name: 'newer restic',
    program: newerProgram('restic') ?? 'restic',
    missing: newerProgram('restic') === undefined,
    withRawLinks: true,
  },
]

describe.each(peers)('$name', ({ program, missing, withRawLinks }) => {
  const restic = (repository: string, ...words: string[]): string =>
    execFileSync(program, ['-r', repository, '--no-cache', ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, RESTIC_PASSWORD: testPassword, TZ: 'UTC' },
    })
  /** Ids of the trees of `path` in all snapshots: the folders above it may change while we look. */
  const treesOf = async (repository: Repository, path: string): Promise<string[]> => {
    const readTree = makeReadTree(repository, await loadIndex(repository, signal))
    const { snapshots } = await listSnapshots(repository, signal)
    const nodes = snapshots.map(({ tree }) => findNode(readTree, tree, Buffer.from(path), signal))
    return (await Promise.all(nodes)).map((node) => node?.subtree ?? '')
  }

  test.skipIf(missing)('checks and restores what we wrote', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    const at = join(folder.path, 'repository')
    mkdirSync(at)
    await makeDifficultTree(source, { withRawLinks })

    const repository = await initRepository(placeAt(at), signal)
    const result = await backUp(repository, aBackup([source]), quiet, signal)

    expect(result.problems).toEqual([])
    expect(restic(at, 'check', '--read-data')).toContain('no errors were found')
    restic(at, 'restore', 'latest', '--target', join(folder.path, 'target'))
    expect(compareTrees(source, join(folder.path, 'target', source))).toEqual([])
  })

  test.skipIf(missing)('wrote what we restore', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    const at = join(folder.path, 'repository')
    await makeDifficultTree(source, { withRawLinks })
    restic(at, 'init')
    restic(at, 'backup', '--host', 'test', source)

    const repository = await openRepository(placeAt(at), signal)
    const [snapshot] = (await listSnapshots(repository, signal)).snapshots
    const target = join(folder.path, 'target')
    const result = await restore(repository, snapshot?.id ?? '', aRestore(target), quiet, signal)

    expect(result.problems).toEqual([])
    expect(compareTrees(source, join(target, source))).toEqual([])
  })

  test.skipIf(missing)('gives a tree the same id, and finds nothing to add to ours', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    const at = join(folder.path, 'repository')
    mkdirSync(at)
    await makeDifficultTree(source, { withRawLinks })
    const repository = await initRepository(placeAt(at), signal)

    await backUp(repository, aBackup([source]), quiet, signal)
    const lines = restic(at, 'backup', '--force', '--json', '--host', 'other', source).trim().split('\n')
    const summary = JSON.parse(lines.at(-1) ?? '') as { data_blobs: number }

    const trees = await treesOf(repository, source)
    expect(trees).toHaveLength(2)
    expect(new Set(trees).size).toBe(1)
    expect(summary.data_blobs).toBe(0)
  })

  test.skipIf(missing)('has nothing to add when we back up after it, nor have we', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    const at = join(folder.path, 'repository')
    await makeDifficultTree(source, { withRawLinks })
    restic(at, 'init')
    restic(at, 'backup', '--host', 'test', source)
    const repository = await openRepository(placeAt(at), signal)

    const read = await backUp(repository, aBackup([source], { hostname: 'other' }), quiet, signal)
    const compared = await backUp(repository, aBackup([source]), quiet, signal)

    expect(new Set(await treesOf(repository, source)).size).toBe(1)
    expect(compared).toMatchObject({ filesNew: 0, filesChanged: 0, filesUnmodified: read.filesNew })
  })

  test.skipIf(missing)('prunes and rewrites what we wrote', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    const at = join(folder.path, 'repository')
    mkdirSync(at)
    await makeDifficultTree(source, { withRawLinks })
    const repository = await initRepository(placeAt(at), signal)
    await backUp(repository, aBackup([source]), quiet, signal)
    renameSync(join(source, 'large'), join(source, 'renamed'))
    writeFileSync(join(source, 'small'), 'changed')
    const second = await backUp(repository, aBackup([source]), quiet, signal)

    restic(at, 'forget', '--keep-last', '1', '--prune')

    expect(restic(at, 'check', '--read-data')).toContain('no errors were found')
    const target = join(folder.path, 'target')
    await restore(repository, second.snapshotId, aRestore(target), quiet, signal)
    expect(compareTrees(source, join(target, source))).toEqual([])
  })
})
