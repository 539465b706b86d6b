import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aProtectedTree, expectWhole, passwordOf } from '../support/protected-tree.ts'

test('a destination that was removed is added again with the password of its repository, and not without', async () => {
  await using world = await aProtectedTree()
  const { redoma, nas } = world
  const file = join(world.path, 'password')
  await writeFile(file, await passwordOf(world.home), { mode: 0o600 })
  expect(await redoma.run(['destination', 'remove', 'nas', '--yes'])).toMatchObject({ code: 0 })
  const add = ['destination', 'add', 'nas', '--local', nas]

  const without = await redoma.run(add)
  const wrong = await redoma.run([...add, '--password-file', '-'], 'not the password\n')
  const again = await redoma.run([...add, '--password-file', file])

  expect(without.code).toBe(1)
  expect(without.stderr).toContain('--password-file')
  expect(wrong.code).toBe(5)
  expect(again.code).toBe(0)
  expect(await world.backUp()).toMatchObject({ code: 0 })
  const { stdout } = await redoma.run(['backup', 'snapshots', '--json'])
  expect(stdout.match(/"id":/g)).toHaveLength(4)
  await expectWhole(world)
})

test('a password for a repository that is not there is refused, and adds nothing', async () => {
  await using world = await aProtectedTree()
  const { redoma } = world

  const added = await redoma.run(
    ['destination', 'add', 'other', '--local', join(world.path, 'other'), '--password-file', '-'],
    'a password\n',
  )

  expect(added.code).toBe(2)
  expect(added.stderr).toContain('there is no repository')
  expect(JSON.parse((await redoma.run(['destination', 'list', '--json'])).stdout)).toHaveLength(1)
})
