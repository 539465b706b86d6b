import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { acquireLock } from '../../src/repository/locks/acquire-lock.ts'
import { openRepository } from '../../src/repository/open.ts'
import { callMount, mountRefused } from '../support/mounting.ts'
import { aProtectedTree, type ProtectedTree, passwordOf } from '../support/protected-tree.ts'
import { type Ended, redomaAt } from '../support/redoma.ts'
import { placeAt } from '../support/repositories.ts'

const timeout = 120_000
const { signal } = new AbortController()

/* On a machine without an instance, of which a copy and its password are all there is. */
describe('from the last copy', () => {
  test.skipIf(mountRefused())('a read-only medium is restored as it is', { timeout }, async () => {
    await using world = await aProtectedTree()
    const medium = join(world.path, 'medium')
    await mkdir(medium)
    callMount('mount', '--bind', world.nas, medium)
    try {
      callMount('mount', '-o', 'remount,bind,ro', medium)

      const restored = await restoreFrom(world, medium)

      expect(restored).toMatchObject({ code: 0, stderr: expect.stringContaining('without a lock') as string })
      await expectRestored(world)
    } finally {
      callMount('umount', medium)
    }
  })

  test('a lock of the lost machine is named, and passed by when one is told to', { timeout }, async () => {
    await using world = await aProtectedTree()
    await leaveLockOfLostMachine(world)

    const refused = await restoreFrom(world, world.nas)

    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('lost-machine') as string })
    expect(refused.stderr).toContain('--no-lock')
    expect(await restoreFrom(world, world.nas, '--no-lock')).toMatchObject({ code: 0 })
    await expectRestored(world)
  })

  test('its snapshots are listed and looked into', { timeout }, async () => {
    await using world = await aProtectedTree()
    const at = (...words: readonly string[]): Promise<Ended> => runAt(world, world.nas, ...words)
    const tree = ['latest', '--source', 'tree']

    const listed = await at('backup', 'snapshots', '--source', 'tree', '--json')
    const [snapshot] = JSON.parse(listed.stdout) as { readonly id: string }[]
    const id = snapshot?.id ?? ''

    expect((await at('backup', 'ls', `latest:${world.tree}`, '--source', 'tree')).stdout).toContain('/small')
    expect((await at('backup', 'find', 'small')).stdout).toContain(`${world.tree}/small`)
    expect((await at('backup', 'cat', `${id}:${world.tree}/small`)).stdout).toBe('there from the beginning')
    expect((await at('backup', 'diff', id, ...tree)).stdout).toContain('Nothing differs')
    expect((await at('backup', 'tar', `${id}:${world.tree}`)).stdout).toContain('small')
    const both = await at('backup', 'ls', ...tree, '--from', 'nas')
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('--repository') as string })
  })

  test('nothing is looked into while somebody prunes, unless one is told to', { timeout }, async () => {
    await using world = await aProtectedTree()
    await leaveLockOfLostMachine(world)
    const at = (...words: readonly string[]): Promise<Ended> => runAt(world, world.nas, ...words)
    const what = ['backup', 'cat', `latest:${world.tree}/small`, '--source', 'tree']

    expect(await at(...what, '--retry-lock', '0')).toMatchObject({ code: 4, stdout: '' })
    expect(await at(...what, '--no-lock')).toMatchObject({ code: 0, stdout: 'there from the beginning' })
  })

  test('locks of the lost machine are listed and removed', { timeout }, async () => {
    await using world = await aProtectedTree()
    await leaveLockOfLostMachine(world)
    const at = (...words: readonly string[]): Promise<Ended> => runAt(world, world.nas, ...words)

    expect((await at('backup', 'unlock', '--dry-run')).stdout).toContain('lost-machine')
    expect(await at('backup', 'unlock')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Removed 1') as string,
    })
    expect((await at('backup', 'unlock')).stdout).toContain('There is no lock')
    expect(await restoreFrom(world, world.nas)).toMatchObject({ code: 0 })
  })
})

function restoreFrom(world: ProtectedTree, medium: string, ...more: readonly string[]): Promise<Ended> {
  const what = ['restore', 'latest', '--source', 'tree', '--to', join(world.path, 'restored')]
  return runAt(world, medium, ...what, '--retry-lock', '0', ...more)
}

/** By a Redoma that has no instance. */
async function runAt(world: ProtectedTree, medium: string, ...words: readonly string[]): Promise<Ended> {
  const passwordFile = join(world.path, 'password')
  await writeFile(passwordFile, await passwordOf(world.home), { mode: 0o600 })
  const place = ['--repository', join(medium, 'system'), '--password-file', passwordFile]
  return redomaAt(join(world.path, 'no-instance')).run([...words, ...place])
}

async function expectRestored({ path, tree }: ProtectedTree): Promise<void> {
  const content = await readFile(join(path, 'restored', tree, 'small'), 'utf8')
  expect(content).toBe('there from the beginning')
}

/** An exclusive one, which it took five days ago to prune. */
async function leaveLockOfLostMachine(world: ProtectedTree): Promise<void> {
  const password = new Secret(await passwordOf(world.home))
  const fiveDaysAgo = new Date(Date.now() - 5 * 24 * 60 * 60 * 1000)
  const locking = { hostname: 'lost-machine', findProcess: () => Promise.resolve(undefined) }
  const place = {
    ...placeAt(join(world.nas, 'system')),
    password,
    clock: { now: () => fiveDaysAgo },
    locking,
  }
  using repository = await openRepository(place, signal)
  await acquireLock(repository, 'exclusive', signal)
}
