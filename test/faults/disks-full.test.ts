import { readdirSync, statfsSync, statSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memoryDisk } from '../support/memory-disk.ts'
import { mountRefused } from '../support/mounting.ts'
import { aProtectedTree, bytesOfPacks, expectWhole, fillTree, partOf } from '../support/protected-tree.ts'

const mebibyte = 1024 * 1024

describe.skipIf(mountRefused())('a disk that is full', () => {
  test('at the destination fails the backup, keeps all that was there, and is gone on with when there is room', async () => {
    await using disk = await memoryDisk(60)
    await using world = await aProtectedTree({ nas: disk.path })
    await fillTree(world, 80)

    const before = bytesOfPacks(world)
    const full = await world.backUp()

    const failure = { code: 'DESTINATION_FULL', hint: expect.stringContaining('Free space') as string }
    expect(full.code).toBe(1)
    expect(partOf(full, 'tree').outcome).toMatchObject({ kind: 'failed', failure })
    expect(readdirSync(disk.path, { recursive: true }).join()).not.toContain('.tmp-')
    expect(await world.redoma.run(['backup', 'verify'])).toMatchObject({ code: 0 })
    // How many were whole when it was full is for luck to say; never none, with a few of 16 MiB on their way at once.
    const kept = bytesOfPacks(world) - before
    expect(kept).toBeGreaterThan(0)

    disk.resize(160)
    const again = await world.backUp()

    expect(again.code).toBe(0)
    expect(partOf(again, 'tree').figures.bytesStored).toBeLessThan(81 * mebibyte - kept)
    await expectWhole(world)
  })

  test("of the instance's own fails the run, or the copy of the instance alone when there is room for the run", async () => {
    await using disk = await memoryDisk(4)
    await using world = await aProtectedTree({ home: disk.path })
    const ballast = await fill(disk.path)

    const full = await world.backUp()

    expect(full).toMatchObject({ code: 1, stderr: expect.stringContaining('Free space') as string })

    // Enough for what a run notes down, and not for a copy of all that was noted down before.
    await writeFile(ballast, Buffer.alloc(statSync(ballast).size - 200_000))
    const tight = await world.backUp()

    expect(tight.code).toBe(1)
    expect(partOf(tight, 'tree').outcome.kind).toBe('done')
    const failure = { code: 'FILE_FAILED', hint: expect.stringContaining('Free space') as string }
    expect(partOf(tight, 'instance').outcome).toMatchObject({ kind: 'failed', failure })

    await rm(ballast)
    expect(await world.backUp()).toMatchObject({ code: 0 })
    expect(await world.redoma.run(['backup', 'verify', '--read-data'])).toMatchObject({ code: 0 })
  })

  test('in the folder of the log stops no backup, and leaves no half line in the way of the next one', async () => {
    await using world = await aProtectedTree()
    const folder = join(world.home, 'log')
    await rm(folder, { recursive: true })
    await using disk = await memoryDisk(1, folder)
    const log = join(folder, 'backup.log')
    // In the last page there is room for part of a line.
    await writeFile(log, `${' '.repeat(4050)}\n`)
    const ballast = await fill(disk.path)

    const full = await world.backUp()

    expect(full).toMatchObject({ code: 0, stderr: expect.stringContaining('cannot be written') as string })
    await rm(ballast)
    expect(await world.backUp()).toMatchObject({ code: 0 })
    const [, half = '', ...whole] = (await readFile(log, 'utf8')).trimEnd().split('\n')
    expect(half).toMatch(/^2\S+ info/)
    expect(whole.map((line) => line.slice(25, 45).trim())).toContain('info  backup started')
    expect(whole.every((line) => /^\d{4}-\S+Z \w+ +[^Z]*$/.test(line))).toBe(true)
  })
})

/** All of it; the name of the file that does it. */
async function fill(at: string): Promise<string> {
  const path = join(at, 'ballast')
  const { bavail, bsize } = statfsSync(at)
  await writeFile(path, Buffer.alloc(bavail * bsize))
  return path
}
