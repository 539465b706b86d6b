import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memoryDestination } from '../../src/destinations/memory.ts'
import type { Destination } from '../../src/ports/destination.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { whileLocked } from '../../src/repository/locks/while-locked.ts'
import { initRepository } from '../../src/repository/open.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { makeDifficultTree } from '../support/difficult-tree.ts'
import { aBackup, aRestore, placeOf } from '../support/repositories.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
const quiet = (): void => undefined

describe('backing up and restoring', () => {
  test.each(['native', 'portable'] as const)('brings a tree back with %s primitives', async (kind) => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    const target = join(folder.path, 'target')
    if (kind === 'native') await makeDifficultTree(source)
    else mkdirSync(source)
    writeFileSync(join(source, 'plain'), 'text')
    const repository = await initRepository(placeOf(memoryDestination(), kind), signal)

    const { snapshotId } = await backUp(repository, aBackup([source]), quiet, signal)
    const result = await restore(repository, snapshotId, aRestore(target, { path: source }), quiet, signal)

    expect(result.problems).toEqual([])
    if (kind === 'native') {
      expect(compareTrees(source, target).filter((line) => !line.startsWith('"":'))).toEqual([])
    }
    expect(readdirSync(target)).toContain('plain')
  })

  test('goes on without what vanishes, and says so', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    mkdirSync(join(source, 'folder'), { recursive: true })
    writeFileSync(join(source, 'stays'), 'x')
    const repository = await initRepository(placeOf(memoryDestination()), signal)

    const result = await backUp(repository, aBackup([source, join(folder.path, 'never was')]), quiet, signal)

    expect(result.filesNew).toBe(1)
    expect(result.problems.map(({ path }) => path)).toEqual([join(folder.path, 'never was')])
  })

  test('publishes no snapshot when the destination fails, and can be run again', async () => {
    await using folder = await temporaryFolder()
    writeFileSync(join(folder.path, 'file'), 'x')
    const inner = memoryDestination()
    let isFull = false
    const destination: Destination = {
      ...inner,
      put: async (name, body, stop) => {
        if (isFull && name.startsWith('data/')) throw new Error('no space left')
        await inner.put(name, body, stop)
      },
    }
    const repository = await initRepository(placeOf(destination), signal)

    isFull = true
    await expect(backUp(repository, aBackup([folder.path]), quiet, signal)).rejects.toThrow('no space left')
    expect((await listSnapshots(repository, signal)).snapshots).toEqual([])
    isFull = false
    const again = await backUp(repository, aBackup([folder.path]), quiet, signal)
    expect(again.filesNew).toBe(1)
  })

  test('stops at once when it is told to', async () => {
    await using folder = await temporaryFolder()
    writeFileSync(join(folder.path, 'file'), 'x')
    const repository = await initRepository(placeOf(memoryDestination()), signal)

    const stopped = AbortSignal.abort(new Error('enough'))

    await expect(backUp(repository, aBackup([folder.path]), quiet, stopped)).rejects.toThrow('enough')
  })

  test('refuses while another wants to be alone', async () => {
    await using folder = await temporaryFolder()
    writeFileSync(join(folder.path, 'file'), 'x')
    const repository = await initRepository(placeOf(memoryDestination()), signal)

    const blocked = whileLocked(
      repository,
      'exclusive',
      () => backUp(repository, aBackup([folder.path]), quiet, signal),
      signal,
    )

    await expect(blocked).rejects.toMatchObject({ code: 'REPOSITORY_LOCKED' })
  })

  test('restores into folders of the target, never through links in it', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    const target = join(folder.path, 'target')
    const outside = join(folder.path, 'outside')
    mkdirSync(join(source, 'inner'), { recursive: true })
    writeFileSync(join(source, 'inner', 'file'), 'from the snapshot')
    writeFileSync(join(source, 'top'), 'from the snapshot')
    const repository = await initRepository(placeOf(memoryDestination()), signal)
    const { snapshotId } = await backUp(repository, aBackup([source]), quiet, signal)
    mkdirSync(outside)
    mkdirSync(target)
    symlinkSync(outside, join(target, 'inner'))
    symlinkSync(join(outside, 'top'), join(target, 'top'))

    const result = await restore(repository, snapshotId, aRestore(target, { path: source }), quiet, signal)

    expect(result.problems).toEqual([])
    expect(readdirSync(outside)).toEqual([])
    expect(readdirSync(join(target, 'inner'))).toEqual(['file'])
    rmSync(target, { recursive: true })
  })
})
