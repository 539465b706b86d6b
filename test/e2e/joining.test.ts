import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aProtectedTree, passwordOf } from '../support/protected-tree.ts'
import { testPassword } from '../support/repositories.ts'
import { stockRestic } from '../support/stock-restic.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { aHost, joining, must, resticAt, type TwoHosts, twoHosts } from '../support/two-hosts.ts'

const timeout = 120_000

test('who made a repository is not shut out of it, however many keys others add', { timeout }, async () => {
  await using world = await aProtectedTree()
  const keys = join(world.nas, 'system', 'keys')
  for (let n = 0; n < 200; n++) await writeFile(join(keys, n.toString(16).padStart(64, '0')), 'another key')

  expect(await world.backUp()).toMatchObject({ code: 0 })
  expect(await world.redoma.run(['backup', 'verify'])).toMatchObject({ code: 6 }) // Of keys that are none.
})

describe('joining a repository', () => {
  test('gives a host a key of its own, so that the password that was given is not kept', {
    timeout,
  }, async () => {
    await using hosts = await twoHosts()
    const { first, second, repository, path } = hosts
    const shown = await must(second, ['destination', 'show', 'nas', '--json'])
    const [key = ''] = await otherKeys(hosts)

    expect(await passwordOf(second.home)).not.toBe(await passwordOf(first.home))
    expect(JSON.parse(shown.stdout)).toMatchObject({ repository, repositoryKey: key })
    expect((await must(second, ['destination', 'list'])).stdout).toContain(repository)
    expect((await must(second, ['config', 'export'])).stdout).toContain(`repository: ${repository}`)
    expect(await resticAt(hosts, second.home, ['key', 'list'])).toContain('pam-2')

    await must(second, ['backup', 'create', '--only', 'system'])
    await rm(join(repository, 'keys', key))
    const shut = await second.redoma.run(['backup', 'create', '--only', 'system'])

    expect(shut.stdout + shut.stderr).toContain('none of the keys')
    expect(existsSync(join(path, 'copies-2', 'system'))).toBe(false)
    await must(first, ['backup', 'create', '--only', 'system'])
    await must(first, ['backup', 'verify', '--read-data'])
  })

  test('has a test of the destination look at the folder of the repository, too', { timeout }, async () => {
    await using hosts = await twoHosts()
    const { second, repository, path } = hosts
    const before = await readdir(repository)

    const good = JSON.parse((await must(second, ['destination', 'test', 'nas', '--json'])).stdout) as object
    expect(good).toMatchObject({ kept: true, repository: { path: repository, kept: true } })
    expect(await readdir(repository)).toEqual(before)

    await rename(repository, join(path, 'not-mounted'))
    const { code, stdout } = await second.redoma.run(['destination', 'test', 'nas'])
    expect(code).toBe(1)
    expect(stdout).toContain(`The repository in ${repository}`)
    expect(stdout).toContain('✗')
  })

  test('leaves nothing behind where it is refused, neither a key nor a destination', {
    timeout,
  }, async () => {
    await using hosts = await twoHosts()
    const { path, repository, first } = hosts
    const keys = await readdir(join(repository, 'keys'))
    const third = await aHost(path, 'pam-3')
    const empty = join(path, 'empty')
    await mkdir(empty)
    const password = await passwordOf(first.home)
    const add = (at: string, secret = password) =>
      third.redoma.run([...joining(path, at), '--password-file', '-'], secret)

    expect(await add(join(path, 'nowhere'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not there') as string,
    })
    expect(await add(empty)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no repository in') as string,
    })
    expect(await add(repository, 'guess')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('opens none') as string,
    })
    expect(await add(join(third.home, 'system'))).toMatchObject({ code: 2 })
    expect((await must(third, ['destination', 'list', '--json'])).stdout.trim()).toBe('[]')
    // Its parent is not there: the key was added by then, and has to go.
    const deep = ['destination', 'add', 'nas', '--local', join(path, 'a', 'b'), '--repository', repository]
    expect(await third.redoma.run([...deep, '--password-file', '-'], password)).toMatchObject({ code: 1 })

    expect(await readdir(join(repository, 'keys'))).toEqual(keys)
    expect(
      await first.redoma.run(
        ['destination', 'add', 'b', '--local', empty, '--repository', repository, '--password-file', '-'],
        password,
      ),
    ).toMatchObject({ code: 1, stderr: expect.stringContaining('nas uses the repository') as string })
  })

  test('is possible where stock restic made it, in the format that both know', { timeout }, async () => {
    await using folder = await temporaryFolder()
    const host = await aHost(folder.path, 'pam-1')
    const [old, stock] = ['old', 'stock'].map((name) => join(folder.path, name))
    await stockRestic(old ?? '', ['init', '--repository-version', '1'])
    await stockRestic(stock ?? '', ['init', '--repository-version', '2'])
    const words = (at = '') => [...joining(folder.path, at), '--password-file', '-']

    expect(await host.redoma.run(words(old), testPassword)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('restic migrate upgrade_repo_v2') as string,
    })
    await must(host, words(stock), testPassword)
    await must(host, ['backup', 'create', '--only', 'system'])

    expect(await stockRestic(stock ?? '', ['check', '--read-data'])).toContain('no errors were found')
    expect(
      await stockRestic(stock ?? '', ['dump', 'latest', `${host.tree}/whose`, '--tag', 'source:tree']),
    ).toBe('pam-1')
  })

  test('is not done by a configuration file, which has no password', { timeout }, async () => {
    await using hosts = await twoHosts()
    const exported = (await must(hosts.second, ['config', 'export'])).stdout
    const again = await must(hosts.second, ['config', 'apply', '-'], exported)
    const third = await aHost(hosts.path, 'pam-3')

    const applied = await third.redoma.run(['config', 'apply', '-', '--yes'], exported)

    expect(again.stdout).toContain('Nothing is to be changed')
    expect(applied).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('redoma destination add nas') as string,
    })
  })
})

async function otherKeys({ repository, second }: TwoHosts): Promise<string[]> {
  const { stdout } = await must(second, ['destination', 'show', 'nas', '--json'])
  const { repositoryKey } = JSON.parse(stdout) as { repositoryKey: string }
  return (await readdir(join(repository, 'keys'))).filter((key) => key === repositoryKey)
}
