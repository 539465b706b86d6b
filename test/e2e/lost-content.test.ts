import { execFileSync } from 'node:child_process'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aProtectedTree, type ProtectedTree } from '../support/protected-tree.ts'
import { seededBytes } from '../support/seeded-bytes.ts'

const fileBytes = 500_000

test('a tar without a file that is lost can be read to its end, and says so, where cat fails', {
  timeout: 120_000,
}, async () => {
  await using world = await aProtectedTree()
  const { redoma, tree, path } = world
  // Shorter than any chunk that is cut: it lies in one pack.
  await writeFile(join(tree, 'large'), seededBytes(1, fileBytes))
  await world.backUp()
  loseLargestPack(world)
  const out = join(path, 'out.tar')
  const of = ['--source', 'tree']

  const written = await redoma.run(['backup', 'tar', `latest:${tree}`, ...of, '--out', out])
  const cat = await redoma.run(['backup', 'cat', `latest:${tree}/large`, ...of])

  expect(written).toMatchObject({ code: 3, stderr: expect.stringContaining('/large') as string })
  expect(execFileSync('tar', ['-tf', out], { encoding: 'utf8' })).toBe('small\n')
  expect(readdirSync(path).filter((name) => name.endsWith('.unfinished'))).toEqual([])
  expect(cat).toMatchObject({ code: 6, stdout: '' })
})

/** That of the one large file: nothing else is as long. */
function loseLargestPack({ nas }: ProtectedTree): void {
  const data = join(nas, 'system', 'data')
  const [largest = ''] = readdirSync(data, { recursive: true, encoding: 'utf8' })
    .map((name) => join(data, name))
    .toSorted((a, b) => statSync(b).size - statSync(a).size)
  expect(statSync(largest).size).toBeGreaterThan(fileBytes)
  rmSync(largest)
}
