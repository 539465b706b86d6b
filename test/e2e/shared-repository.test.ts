import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { passwordOf } from '../support/protected-tree.ts'
import { aHost, joining, must, type TwoHosts, twoHosts } from '../support/two-hosts.ts'

const timeout = 120_000

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
    expect(await restic(hosts, second.home, ['key', 'list'])).toContain('pam-2')

    await must(second, ['backup', 'create', '--only', 'system'])
    await rm(join(repository, 'keys', key))
    const shut = await second.redoma.run(['backup', 'create', '--only', 'system'])

    expect(shut.stdout + shut.stderr).toContain('none of the keys')
    expect(existsSync(join(path, 'copies-2', 'system'))).toBe(false)
    await must(first, ['backup', 'create', '--only', 'system'])
    await must(first, ['backup', 'verify', '--read-data'])
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

describe('a repository that is another one', () => {
  test('is not written to until it is accepted, and can be read with a warning', { timeout }, async () => {
    await using hosts = await twoHosts()
    const { first, repository, path } = hosts
    await rename(repository, join(path, 'the-true-one'))
    await restic(hosts, first.home, ['init'])
    const untouched = await readdir(repository, { recursive: true })

    const refused = await first.redoma.run(['backup', 'create', '--only', 'system'])
    const others = [
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
    expect(others.map(({ code }) => code)).toEqual([6, 6, 6, 6, 6])
    expect(await readdir(repository, { recursive: true })).toEqual(untouched)

    expect(await first.redoma.run(['destination', 'accept', 'nas'])).toMatchObject({ code: 2 })
    await must(first, ['destination', 'accept', 'nas', '--yes'])
    expect((await must(first, ['destination', 'accept', 'nas'])).stdout).toContain('is the one that is known')
    await must(first, ['backup', 'verify'])
    await must(first, ['backup', 'create', '--only', 'system'])
    await must(first, ['backup', 'verify', '--read-data'])
  })
})

async function otherKeys({ repository, second }: TwoHosts): Promise<string[]> {
  const { stdout } = await must(second, ['destination', 'show', 'nas', '--json'])
  const { repositoryKey } = JSON.parse(stdout) as { repositoryKey: string }
  return (await readdir(join(repository, 'keys'))).filter((key) => key === repositoryKey)
}

/** Stock restic, with the password that this host has. */
async function restic({ repository }: TwoHosts, home: string, words: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], RESTIC_PASSWORD: await passwordOf(home), TZ: 'UTC' }
  const { stdout } = await promisify(execFile)('restic', ['--repo', repository, '--no-cache', ...words], {
    env,
  })
  return stdout
}
