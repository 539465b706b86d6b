import type { ChildProcess } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { compareTrees } from '../support/compare-trees.ts'
import { expectResticContent, passwordOf } from '../support/protected-tree.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { must, resticAt, type TestHost, type TwoHosts, twoHosts } from '../support/two-hosts.ts'

const timeout = 120_000

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

async function fill({ tree, name }: TestHost, mebibytes: number): Promise<void> {
  const seed = name === 'pam-1' ? 1000 : 2000
  for (let n = 0; n < mebibytes; n++)
    await writeFile(join(tree, `file-${n}`), seededBytes(seed + n, 1024 * 1024))
}

async function snapshotsIn(hosts: TwoHosts): Promise<readonly { readonly hostname: string }[]> {
  return JSON.parse(await resticAt(hosts, hosts.first.home, ['snapshots', '--json'])) as {
    hostname: string
  }[]
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
