import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aProtectedTree, fillTree } from '../support/protected-tree.ts'

test('a second destination needs nothing twice of what is copied to it: both cut files alike', async () => {
  await using world = await aProtectedTree()
  const { redoma } = world
  await fillTree(world, 8)
  await world.backUp()
  const vault = join(world.path, 'vault')
  expect(await redoma.run(['destination', 'add', 'vault', '--local', vault])).toMatchObject({ code: 0 })
  expect(await world.backUp('--to', 'vault')).toMatchObject({ code: 0 })

  const copied = await redoma.run(['backup', 'copy', '--from', 'nas', '--to', 'vault', '--json'])

  expect(copied.code).toBe(0)
  const { snapshots, bytesStored } = JSON.parse(copied.stdout) as {
    readonly snapshots: readonly object[]
    readonly bytesStored: number
  }
  expect(snapshots.length).toBeGreaterThan(2)
  expect(bytesStored).toBeLessThan(200_000)
  expect(await redoma.run(['backup', 'verify', '--read-data'])).toMatchObject({ code: 0 })
})
