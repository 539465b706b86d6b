import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memoryDestination } from '../../src/destinations/memory.ts'
import type { ObjectName } from '../../src/ports/destination.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { copySnapshots } from '../../src/repository/copying/copy-snapshots.ts'
import { initRepository } from '../../src/repository/open.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { makeDifficultTree } from '../support/difficult-tree.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { aBackup, aRestore, placeAt, placeOf, testPassword } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined

async function copyAll(from: Repository, to: Repository, dryRun = false) {
  const snapshots = (await listSnapshots(from, signal)).snapshots.map(({ id }) => id)
  return copySnapshots(from, to, { snapshots, dryRun }, quiet, signal)
}

describe('copying snapshots', () => {
  test('gives another repository all of them, once', async () => {
    await using folder = await temporaryFolder()
    const source = join(folder.path, 'source')
    const at = join(folder.path, 'other')
    mkdirSync(at)
    await makeDifficultTree(source)
    const from = await initRepository(placeOf(memoryDestination()), signal)
    const to = await initRepository(placeAt(at), signal)
    await backUp(from, aBackup([source], { tags: ['kept'] }), quiet, signal)
    writeFileSync(join(source, 'more'), seededBytes(9, 3_000_000))
    const second = await backUp(from, aBackup([source]), quiet, signal)

    const planned = await copyAll(from, to, true)
    expect((await listSnapshots(to, signal)).snapshots).toEqual([])
    const copied = await copyAll(from, to)
    const again = await copyAll(from, to)

    expect(planned).toMatchObject({ blobs: copied.blobs, bytesStored: 0 })
    expect(copied.snapshots.map(({ kind }) => kind)).toEqual(['copied', 'copied'])
    expect(again.snapshots.map(({ kind }) => kind)).toEqual(['there-already', 'there-already'])
    expect(again).toMatchObject({ blobs: 0, bytesStored: 0 })
    const [first, last] = (await listSnapshots(to, signal)).snapshots
    expect(first).toMatchObject({ tags: ['kept'], hostname: 'test' })
    expect(last?.parent).toBeUndefined()
    expect(last).toMatchObject({ original: second.snapshotId, tree: second.tree })
    const target = join(folder.path, 'target')
    await restore(to, last?.id ?? '', aRestore(target, { path: source }), quiet, signal)
    expect(compareTrees(source, target).filter((line) => !line.startsWith('"":'))).toEqual([])
    const env = { ...process.env, RESTIC_PASSWORD: testPassword, TZ: 'UTC' }
    const check = ['-r', at, '--no-cache', 'check', '--read-data']
    for (const program of ['restic', newerProgram('restic')]) {
      if (program !== undefined) execFileSync(program, check, { env, stdio: 'pipe' })
    }
  })

  test('leaves out a snapshot that is damaged, and copies the others', async () => {
    await using folder = await temporaryFolder()
    const [good, bad] = ['good', 'bad'].map((name) => join(folder.path, name))
    if (good === undefined || bad === undefined) throw new Error('unreachable')
    const objects = new Map<ObjectName, Uint8Array>()
    const from = await initRepository(placeOf(memoryDestination(objects)), signal)
    const to = await initRepository(placeOf(memoryDestination()), signal)
    for (const path of [bad, good]) {
      mkdirSync(path)
      writeFileSync(join(path, 'same'), 'same')
    }
    writeFileSync(join(bad, 'file'), seededBytes(1, 3_000_000))
    const before = new Set(objects.keys())
    const broken = await backUp(from, aBackup([bad], { workers: 1 }), quiet, signal)
    const packs = [...objects.keys()].filter((name) => name.startsWith('data/') && !before.has(name))
    await backUp(from, aBackup([good], { workers: 1 }), quiet, signal)
    const largest = packs.sort((a, b) => (objects.get(b)?.length ?? 0) - (objects.get(a)?.length ?? 0))[0]
    const bytes = largest === undefined ? undefined : objects.get(largest)
    const half = (bytes?.length ?? 0) >> 1
    bytes?.set([(bytes[half] ?? 0) ^ 1], half)

    const copied = await copyAll(from, to)

    const failed = copied.snapshots.filter(({ kind }) => kind === 'failed')
    expect(failed).toMatchObject([
      { snapshot: { id: broken.snapshotId }, error: { code: 'REPOSITORY_DAMAGED' } },
    ])
    const [only, ...others] = (await listSnapshots(to, signal)).snapshots
    expect(others).toEqual([])
    const target = join(folder.path, 'target')
    const result = await restore(to, only?.id ?? '', aRestore(target, { path: good }), quiet, signal)
    expect(result.problems).toEqual([])
  })
})
