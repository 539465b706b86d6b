import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  expectResticContent,
  fillTree,
  type ProtectedTree,
  passwordOf,
  protectedTrees,
} from '../support/protected-tree.ts'
import { digestsOf } from '../support/same-files.ts'

const timeout = 240_000

/* One rotten file in `snapshots/`, in a repository with whole ones of the same source before and after it. */
describe('a snapshot file with a flipped bit', () => {
  test('keeps nobody from the snapshots that are whole, and is named', { timeout }, async () => {
    await using world = await aWorldWithOneRotten()
    const { rotten, whole, tree, redoma, path } = world
    const file = join(tree, 'small')
    const says = expect.stringContaining(`snapshots/${rotten}`) as string
    const restoreTo = (name: string): string[] => ['--to', join(path, name)]

    for (const [words, code] of [
      [['backup', 'snapshots'], 3],
      [['backup', 'ls', whole], 0],
      [['backup', 'ls', 'latest', '--source', 'tree'], 3],
      [['backup', 'find', 'small'], 3],
      [['backup', 'cat', `${whole}:${file}`], 0],
      [['backup', 'tar', whole, '--out', join(path, 'out.tar')], 0],
      [['backup', 'diff', whole, 'latest', '--source', 'tree'], 3],
      [['restore', whole, ...restoreTo('by-id')], 0],
      [['restore', 'latest', '--source', 'tree', ...restoreTo('latest')], 3],
      [['backup', 'create', '--only', 'system'], 3],
      [['backup', 'forget', '--keep-last', '1', '--dry-run'], 3],
    ] as const) {
      const { code: ended, stderr, stdout } = await redoma.run(words)
      expect({ words, code: ended, said: stderr + stdout }).toEqual({ words, code, said: says })
    }
    expect(await readFile(join(path, 'latest', file), 'utf8')).toBe('there from the beginning')
    const latest = await redoma.run(['backup', 'ls', 'latest', '--source', 'tree'])
    expect(latest.stderr).toContain('it may be later than the latest that is whole')
    const itself = await redoma.run(['restore', rotten, ...restoreTo('itself')])
    expect(itself).toMatchObject({ code: 6, stderr: says })
  })

  test('is copied by nobody, and the others are', { timeout }, async () => {
    await using world = await aWorldWithOneRotten()
    const { rotten, redoma, path } = world
    const vault = ['destination', 'add', 'vault', '--local', join(path, 'vault')]
    expect(await redoma.run(vault)).toMatchObject({ code: 0 })
    await redoma.run(['backup', 'create', '--only', 'system', '--to', 'vault'])

    const copied = await redoma.run(['backup', 'copy', '--from', 'nas', '--to', 'vault', '--json'])

    expect(copied).toMatchObject({ code: 6, stderr: expect.stringContaining(rotten) as string })
    const outcomes = JSON.parse(copied.stdout) as { damaged: string[]; snapshots: { outcome: string }[] }
    expect(outcomes.damaged).toEqual([rotten])
    expect(new Set(outcomes.snapshots.map(({ outcome }) => outcome))).toEqual(new Set(['copied']))
  })

  test('is needed by nobody knows what: a prune refuses, and forgetting it by its id is one way on', {
    timeout,
  }, async () => {
    await using world = await aWorldWithOneRotten()
    const { rotten, redoma, nas } = world
    const before = await digestsOf(join(nas, 'system', 'data'))

    const refused = await redoma.run(['backup', 'prune'])
    expect(refused).toMatchObject({ code: 6, stderr: expect.stringContaining(rotten) as string })
    expect(refused.stderr).toContain('redoma backup repair snapshots --forget')
    expect(await digestsOf(join(nas, 'system', 'data'))).toEqual(before)

    const forgotten = await redoma.run(['backup', 'forget', rotten.slice(0, 12), '--prune', '--yes'])
    expect(forgotten).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 snapshot removed') as string,
    })
    await expectSound(world)
  })

  test('is removed by a repair that is told to, and only then', { timeout }, async () => {
    await using world = await aWorldWithOneRotten()
    const { rotten, redoma, nas } = world
    const repair = (...words: string[]): ReturnType<typeof redoma.run> =>
      redoma.run(['backup', 'repair', 'snapshots', ...words])
    const before = await digestsOf(join(nas, 'system', 'snapshots'))

    expect((await repair()).stdout).toContain(
      `${rotten}: the file is damaged, nothing can be read of it: --forget`,
    )
    expect((await repair('--forget', '--dry-run')).stdout).toContain('would be removed')
    expect(await digestsOf(join(nas, 'system', 'snapshots'))).toEqual(before)
    const { code, stdout } = await repair('--forget')

    expect({ code, stdout }).toMatchObject({ code: 3, stdout: expect.stringContaining(rotten) as string })
    expect(await readdir(join(nas, 'system', 'snapshots'))).not.toContain(rotten)
    await expectSound(world)
  })
})

interface RottenWorld extends ProtectedTree {
  /** The file's name, of the second of three backups of the tree. */
  readonly rotten: string
  readonly whole: string
}

let [rotten, whole] = ['', '']

const withOneRotten = protectedTrees(async (world) => {
  ;[whole = ''] = await snapshotsOf(world)
  await fillTree(world, 1)
  await world.backUp()
  rotten = (await snapshotsOf(world)).find((id) => id !== whole) ?? ''
  await world.backUp()
  const path = join(world.nas, 'system', 'snapshots', rotten)
  const bytes = await readFile(path)
  bytes[100] = (bytes[100] ?? 0) ^ 1
  await chmod(path, 0o600)
  await writeFile(path, bytes)
})

async function aWorldWithOneRotten(): Promise<RottenWorld> {
  return { ...(await withOneRotten()), rotten, whole }
}

async function snapshotsOf({ redoma }: ProtectedTree): Promise<string[]> {
  const { stdout } = await redoma.run(['backup', 'snapshots', '--source', 'tree', '--json'])
  return (JSON.parse(stdout) as { readonly id: string }[]).map(({ id }) => id)
}

async function expectSound({ redoma, nas, home }: ProtectedTree): Promise<void> {
  expect(await redoma.run(['backup', 'verify', '--read-data'])).toMatchObject({ code: 0 })
  await expectResticContent(join(nas, 'system'), await passwordOf(home))
}
