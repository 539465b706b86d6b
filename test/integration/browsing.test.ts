import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memoryDestination } from '../../src/destinations/memory.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { diffSnapshots } from '../../src/repository/browsing/diff-snapshots.ts'
import { readFileContent } from '../../src/repository/browsing/read-file-content.ts'
import { textOfPath } from '../../src/repository/browsing/tree-entry.ts'
import { initRepository } from '../../src/repository/open.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import type { StoredSnapshot } from '../../src/repository/snapshots/snapshot.ts'
import { tarSnapshot } from '../../src/repository/tar/tar-snapshot.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { makeDifficultTree } from '../support/difficult-tree.ts'
import { aBackup, placeOf } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined

async function snapshotOf(repository: Repository, source: string): Promise<StoredSnapshot> {
  const { snapshotId } = await backUp(repository, aBackup([source]), quiet, signal)
  const all = (await listSnapshots(repository, signal)).snapshots
  const found = all.find(({ id }) => id === snapshotId)
  if (found === undefined) throw new Error('unreachable')
  return found
}

describe('a tar of a snapshot', () => {
  test('is unpacked by GNU tar to what was backed up', async () => {
    await using folder = await temporaryFolder()
    const [source, target, tar] = ['source', 'target', 'tar'].map((name) => join(folder.path, name))
    if (source === undefined || target === undefined || tar === undefined) throw new Error('unreachable')
    await makeDifficultTree(source)
    writeFileSync(join(source, 'much'), seededBytes(7, 40 * 1024 * 1024))
    mkdirSync(target)
    const repository = await initRepository(placeOf(memoryDestination()), signal)
    const snapshot = await snapshotOf(repository, source)

    const problems: string[] = []
    await using file = await open(tar, 'w')
    for await (const part of tarSnapshot(
      repository,
      snapshot,
      source,
      ({ path }) => problems.push(path),
      signal,
    )) {
      await file.writeFile(part)
    }
    const flags = ['--xattrs', '--xattrs-include=*', '--numeric-owner', '--warning=none']
    execFileSync('tar', ['-xpf', tar, '-C', target, ...flags])

    expect(compareTrees(source, target).filter((line) => !line.startsWith('"":'))).toEqual([])
    expect(problems.length).toBeLessThanOrEqual(1)
  })
})

describe('what differs between two snapshots', () => {
  test('is told once each, in the order of paths, and nothing of equal folders', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    for (const name of ['same', 'gone', 'kept']) mkdirSync(join(source, name), { recursive: true })
    for (const name of ['same/x', 'gone/x', 'kept/a', 'kept/b', 'kept/c', 'type']) {
      writeFileSync(join(source, name), name)
    }
    const repository = await initRepository(placeOf(memoryDestination()), signal)
    const before = await snapshotOf(repository, source)
    rmSync(join(source, 'gone'), { recursive: true })
    rmSync(join(source, 'type'))
    mkdirSync(join(source, 'type'))
    writeFileSync(join(source, 'kept/a'), 'other')
    chmodSync(join(source, 'kept/b'), 0o600)
    renameSync(join(source, 'kept/c'), join(source, 'kept/d'))
    const after = await snapshotOf(repository, source)

    const told = async (path: string): Promise<string[]> =>
      Array.fromAsync(
        diffSnapshots(repository, before, after, path, signal),
        (one) => `${one.kind} ${textOfPath(one.path).slice(source.length)}`,
      )

    expect(await told('/')).toEqual([
      'removed /gone',
      'removed /gone/x',
      'content-changed /kept/a',
      'metadata-changed /kept/b',
      'removed /kept/c',
      'added /kept/d',
      'type-changed /type',
    ])
    expect(await told(join(source, 'kept/a/'))).toEqual(['content-changed /kept/a'])
    expect(await told(join(source, 'gone'))).toEqual(['removed /gone', 'removed /gone/x'])
    await expect(told('/nowhere')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

test('a file of a snapshot is read as it was', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'file')
  const content = seededBytes(3, 5 * 1024 * 1024)
  writeFileSync(path, content)
  const repository = await initRepository(placeOf(memoryDestination()), signal)
  const snapshot = await snapshotOf(repository, folder.path)

  const read = Buffer.concat(await Array.fromAsync(readFileContent(repository, snapshot, path, signal)))

  expect(read.equals(content)).toBe(true)
  const folderItself = readFileContent(repository, snapshot, folder.path, signal)
  await expect(Array.fromAsync(folderItself)).rejects.toMatchObject({ code: 'USAGE' })
})
