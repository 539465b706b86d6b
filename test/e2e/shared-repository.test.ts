import { type ChildProcess, execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { compareTrees } from '../support/compare-trees.ts'
import { expectResticContent, passwordOf } from '../support/protected-tree.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { aHost, joining, must, type TestHost, type TwoHosts, twoHosts } from '../support/two-hosts.ts'

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

test('a repository of others is not made again where it is missing, before the first backup neither', {
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

describe('hosts that share a repository', () => {
  test('back up at the same time, and each finds its own again', { timeout }, async () => {
    await using hosts = await twoHosts()
    const { first, second, path } = hosts
    await Promise.all([first, second].map((host) => fill(host, 16)))

    await Promise.all([first, second].map((host) => must(host, ['backup', 'create', '--only', 'system'])))

    await Promise.all(
      [first, second].map(async (host) => {
        const target = join(path, `back-${host.name}`)
        await must(host, ['restore', 'latest', '--source', 'tree', '--to', target])
        expect(compareTrees(host.tree, join(target, host.tree))).toEqual([])
      }),
    )
    const cat = ['backup', 'cat', '--source', 'tree']
    const theirs = await must(second, [...cat, '--host', 'pam-1', `latest:${first.tree}/whose`])
    expect(theirs.stdout).toBe('pam-1')
    expect((await must(second, ['backup', 'snapshots'])).stdout).toMatch(
      /HOST[^]*pam-1[^]*pam-2|HOST[^]*pam-2[^]*pam-1/,
    )
    expect(await hostsIn(hosts)).toEqual(['pam-1', 'pam-2'])
    await expectResticContent(hosts.repository, await passwordOf(second.home))
    for (const host of [first, second]) await must(host, ['backup', 'verify', '--read-data'])
  })

  test('prune only when nobody backs up any more, and nothing is lost by it', { timeout }, async () => {
    await using hosts = await twoHosts()
    const { first, second, repository } = hosts
    await must(second, ['backup', 'create', '--only', 'system'])
    await fill(first, 64)
    const before = packsIn(repository)
    const backup = first.redoma.start(['backup', 'create', '--only', 'system'])
    // It stands still in the midst of its work until the other has said that it waits.
    while (packsIn(repository) === before && backup.child.exitCode === null) await turn()
    backup.child.kill('SIGSTOP')
    expect(backup.child.exitCode).toBe(null)

    const prune = second.redoma.start(['backup', 'prune', '--retry-lock', '1h'])
    await saying(prune.child, 'waiting: ')
    backup.child.kill('SIGCONT')

    expect(await backup.ended).toMatchObject({ code: 0 })
    expect(await prune.ended).toMatchObject({ code: 0 })
    await expectResticContent(repository, await passwordOf(first.home))
    for (const host of [first, second]) await must(host, ['backup', 'verify', '--read-data'])
  })

  test('forget their own only, and say how many of others they leave', { timeout }, async () => {
    await using hosts = await twoHosts()
    const { first, second } = hosts
    const missing = await second.redoma.run(['backup', 'ls', 'latest', '--source', 'tree'])
    expect(missing).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('of the host pam-2; there are of pam-1') as string,
    })
    for (const host of [first, second, second]) await must(host, ['backup', 'create', '--only', 'system'])
    const forget = ['backup', 'forget', '--keep-last', '1', '--yes']
    const count = async (name: string) =>
      (await snapshotsIn(hosts)).filter(({ hostname }) => hostname === name).length
    const before = await count('pam-1')

    const own = await must(second, forget)

    expect(own.stdout).toContain(`nas  ${before} snapshots of other hosts left alone: pam-1 ${before}`)
    expect([await count('pam-1'), await count('pam-2')]).toEqual([before, 2])
    expect(await second.redoma.run([...forget, '--host', 'pam-1', '--all-hosts'])).toMatchObject({ code: 2 })
    await must(second, [...forget, '--all-hosts', '--prune'])
    expect([await count('pam-1'), await count('pam-2')]).toEqual([2, 2])
    await expectResticContent(hosts.repository, await passwordOf(first.home))
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
    const looked = await first.redoma.run(['backup', 'snapshots'])
    expect(looked).toMatchObject({ code: 3, stderr: expect.stringContaining('is another one') as string })

    expect(await first.redoma.run(['destination', 'accept', 'nas'])).toMatchObject({ code: 2 })
    await must(first, ['destination', 'accept', 'nas', '--yes'])
    expect((await must(first, ['destination', 'accept', 'nas'])).stdout).toContain('is the one that is known')
    await must(first, ['backup', 'verify'])
    await must(first, ['backup', 'create', '--only', 'system'])
    await must(first, ['backup', 'verify', '--read-data'])

    await rename(repository, join(path, 'the-accepted-one'))
    await rename(join(path, 'the-true-one'), repository)
    const target = join(path, 'back')
    const restored = await first.redoma.run(['restore', 'latest', '--source', 'tree', '--to', target])
    expect(restored).toMatchObject({ code: 3, stderr: expect.stringContaining('is another one') as string })
    expect(compareTrees(first.tree, join(target, first.tree))).toEqual([])
  })
})

async function fill({ tree, name }: TestHost, mebibytes: number): Promise<void> {
  const seed = name === 'pam-1' ? 1000 : 2000
  for (let n = 0; n < mebibytes; n++)
    await writeFile(join(tree, `file-${n}`), seededBytes(seed + n, 1024 * 1024))
}

async function snapshotsIn(hosts: TwoHosts): Promise<readonly { readonly hostname: string }[]> {
  return JSON.parse(await restic(hosts, hosts.first.home, ['snapshots', '--json'])) as { hostname: string }[]
}

async function hostsIn(hosts: TwoHosts): Promise<string[]> {
  return [...new Set((await snapshotsIn(hosts)).map(({ hostname }) => hostname))].toSorted()
}

function packsIn(repository: string): number {
  const names = readdirSync(join(repository, 'data'), { recursive: true, encoding: 'utf8' })
  return names.filter((name) => /[0-9a-f]{64}$/.test(name)).length
}

function saying(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let all = ''
    child.stderr?.on('data', (part: Buffer | string) => {
      all += part.toString()
      if (all.includes(words)) resolve()
    })
    child.on('close', () => {
      reject(new Error(`it ended without having said it: ${all}`))
    })
  })
}

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
