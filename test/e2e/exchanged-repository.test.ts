import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compareTrees } from '../support/compare-trees.ts'
import { must, resticAt, twoHosts } from '../support/two-hosts.ts'

const timeout = 120_000
const withWarning = { code: 3, stderr: expect.stringContaining('is another one') as string }

describe('a repository that is another one', () => {
  test('is not written to until it is accepted, and can be read with a warning', { timeout }, async () => {
    await using hosts = await twoHosts()
    const { first, repository, path } = hosts
    await rename(repository, join(path, 'the-true-one'))
    await resticAt(hosts, first.home, ['init'])
    const untouched = await readdir(repository, { recursive: true })

    const refused = await first.redoma.run(['backup', 'create', '--only', 'system'])
    await must(first, ['destination', 'add', 'vault', '--local', join(path, 'vault')])
    const copied = await first.redoma.run(['backup', 'copy', '--from', 'nas', '--to', 'vault'])
    await must(first, ['destination', 'remove', 'vault', '--yes'])
    const others = [
      copied,
      await first.redoma.run(['backup', 'verify']),
      await first.redoma.run(['backup', 'prune']),
      await first.redoma.run(['backup', 'forget', '--keep-last', '1', '--yes']),
      await first.redoma.run(['backup', 'repair', 'index']),
      await first.redoma.run(['backup', 'unlock']),
    ]

    expect(refused).toMatchObject({ code: 1 })
    for (const { stdout, stderr } of [refused, ...others])
      expect(stdout + stderr).toMatch(
        /the repository at nas is another one: [0-9a-f]{10}, and not [0-9a-f]{10}/,
      )
    expect(others.map(({ code }) => code)).toEqual([6, 6, 6, 6, 6, 6])
    expect(await readdir(repository, { recursive: true })).toEqual(untouched)
    expect(await first.redoma.run(['backup', 'snapshots'])).toMatchObject(withWarning)

    expect(await first.redoma.run(['destination', 'accept', 'nas'])).toMatchObject({ code: 2 })
    await must(first, ['destination', 'accept', 'nas', '--yes'])
    expect((await must(first, ['destination', 'accept', 'nas'])).stdout).toContain('is the one that is known')
    await must(first, ['backup', 'verify'])
    await must(first, ['backup', 'create', '--only', 'system'])
    await must(first, ['backup', 'verify', '--read-data'])

    await rename(repository, join(path, 'the-accepted-one'))
    await rename(join(path, 'the-true-one'), repository)
    const target = join(path, 'back')
    for (const words of [
      ['restore', 'latest', '--source', 'tree', '--to', target],
      ['backup', 'ls', 'latest', '--source', 'tree'],
      ['backup', 'find', 'whose'],
    ])
      expect({ words, ...(await first.redoma.run(words)) }).toMatchObject(withWarning)
    expect(compareTrees(first.tree, join(target, first.tree))).toEqual([])
  })
})

test('a repository of others is never made again where it is missing, not even before the first backup', {
  timeout,
}, async () => {
  await using hosts = await twoHosts()
  const { repository, path, second } = hosts
  await rename(repository, join(path, 'not-mounted'))
  await mkdir(repository)

  const ended = await second.redoma.run(['backup', 'create', '--only', 'system'])

  expect(ended).toMatchObject({ code: 1 })
  expect(ended.stdout + ended.stderr).toContain('the repository at nas is gone')
  expect(await readdir(repository)).toEqual([])
})
