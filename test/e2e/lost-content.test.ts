import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aProtectedTree, fillTree, type ProtectedTree } from '../support/protected-tree.ts'

test('a tar without a file that is lost can be read to its end, and says so, where cat fails', {
  timeout: 120_000,
}, async () => {
  await using world = await aProtectedTree()
  const { redoma, tree, path } = world
  await fillTree(world, 1)
  await world.backUp()
  loseLargestPack(world)
  const out = join(path, 'out.tar')
  const of = ['--source', 'tree']

  const written = await redoma.run(['backup', 'tar', `latest:${tree}`, ...of, '--out', out])
  const cat = await redoma.run(['backup', 'cat', `latest:${tree}/1-0`, ...of])

  expect(written).toMatchObject({ code: 3, stderr: expect.stringContaining('/1-0') as string })
  expect(execFileSync('tar', ['-tf', out], { encoding: 'utf8' })).toBe('small\n')
  expect(existsSync(`${out}.unfinished`)).toBe(false)
  expect(cat).toMatchObject({ code: 6, stdout: '' })
})

/** That of the one large file: nothing else takes a mebibyte. */
function loseLargestPack({ nas }: ProtectedTree): void {
  const data = join(nas, 'system', 'data')
  const [largest = ''] = readdirSync(data, { recursive: true, encoding: 'utf8' })
    .map((name) => join(data, name))
    .toSorted((a, b) => statSync(b).size - statSync(a).size)
  expect(statSync(largest).size).toBeGreaterThan(1024 * 1024)
  rmSync(largest)
}
