import { chownSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Verification } from '../../src/app/verify-backup.ts'
import { blockDisk, loopRefused } from '../support/block-disk.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { mountRefused } from '../support/mounting.ts'
import {
  aProtectedTree,
  expectWhole,
  fillTree,
  midway,
  type ProtectedTree,
  partOf,
} from '../support/protected-tree.ts'
import { spoilPack } from '../support/spoil-pack.ts'

const nobody = 65_534
const hint = expect.any(String) as string

describe.skipIf(mountRefused())('a destination that may not be written to any more', () => {
  test('fails the backup that is under way, and when it may, the next one is whole', async () => {
    await using world = await aProtectedTree({ user: nobody })
    await fillTree(world, 40)
    // Folders that are made belong to the program; new packs go to both kinds.
    const give = (user: number): void => {
      for (const name of ['data', 'index', 'snapshots', '.']) {
        chownSync(join(world.nas, 'system', name), user, user)
      }
    }

    const ended = await midway(world, () => {
      give(0)
    })

    expect(ended.code).toBe(1)
    expect(partOf(ended, 'tree').outcome).toMatchObject({ failure: { code: 'DESTINATION_FORBIDDEN', hint } })
    give(nobody)
    await expectGoneOn(world)
  })
})

describe.skipIf(loopRefused())('a disk that fails', () => {
  test('and becomes read-only under a backup, fails it, and when it is mended the next one is whole', async () => {
    await using disk = await blockDisk(160)
    await using world = await aProtectedTree({ nas: join(disk.path, 'nas') })
    await fillTree(world, 40)

    const ended = await midway(world, () => {
      disk.becomeReadOnly()
    })

    expect(ended.code).toBe(1)
    expect(partOf(ended, 'tree').outcome).toMatchObject({ failure: { code: 'DESTINATION_READ_ONLY', hint } })
    disk.replug()
    await expectGoneOn(world)
  })

  test('while a backup writes to it, fails the backup, and when it is back the next one is whole', async () => {
    await using disk = await blockDisk(160)
    await using world = await aProtectedTree({ nas: join(disk.path, 'nas') })
    await fillTree(world, 40)

    const ended = await midway(world, () => {
      disk.pull()
    })

    expect(ended.code).toBe(1)
    expect(partOf(ended, 'tree').outcome).toMatchObject({ failure: { code: 'DESTINATION_FAILED', hint } })
    expect(await world.redoma.run(['backup', 'verify'])).toMatchObject({ code: 1 })
    disk.replug()
    await expectGoneOn(world)
  })
})

describe.skipIf(loopRefused())('a disk that has lost sectors of one pack', () => {
  test('is found by verify, which names the pack, reads all others, and says what to do first', async () => {
    await using world = await aProtectedTree()
    await fillTree(world, 8)
    expect(await world.backUp()).toMatchObject({ code: 0 })
    await using pack = await spoilPack(world)

    const { code, stdout } = await world.redoma.run(['backup', 'verify', '--read-data', '--json'])

    expect(code).toBe(6)
    const report = JSON.parse(stdout) as readonly Verification[]
    const outcome = report.find(({ what }) => what === 'repository')?.outcome
    expect(outcome).toMatchObject({
      kind: 'wrong',
      findings: [{ object: pack.name, message: expect.stringContaining('EIO') as string, hint }],
    })
    const shown = await world.redoma.run(['backup', 'verify', '--read-data'])
    expect(shown.stdout).toContain('copy what is there')
  })

  test('costs a restore the files that lie there, which it names, and no other', async () => {
    await using world = await aProtectedTree()
    await fillTree(world, 8)
    expect(await world.backUp()).toMatchObject({ code: 0 })
    await using pack = await spoilPack(world)
    const target = join(world.path, 'target')

    const words = ['restore', 'latest', '--source', 'tree', '--to', target, '--json']
    const { code, stdout } = await world.redoma.run(words)

    expect(code).toBe(3)
    expect(stdout).toContain(pack.name.slice('data/'.length))
    const { problems } = JSON.parse(stdout) as { readonly problems: readonly { readonly path: string }[] }
    const named = problems.map(({ path }) => path).toSorted()
    expect(named).not.toEqual([])
    expect(missingIn(join(target, world.tree), world.tree)).toEqual(named)
  })
})

/** Files that were not restored; whatever was restored is equal. */
function missingIn(restored: string, tree: string): string[] {
  return compareTrees(tree, restored)
    .map((line) => {
      const [path = '', , found = ''] = line.split('\n')
      expect({ path, found: found.trim() }).toEqual({ path, found: 'missing' })
      return join(restored, JSON.parse(path.slice(0, -1)) as string)
    })
    .toSorted()
}

/** The next run removes the lock that could not be removed, and says so; nothing is wrong with it for that. */
async function expectGoneOn(world: ProtectedTree): Promise<void> {
  const again = await world.backUp()
  expect({ code: again.code, stderr: again.stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining('removed a lock') as string,
  })
  await expectWhole(world)
}
