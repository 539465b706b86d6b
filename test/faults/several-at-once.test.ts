import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { mountRefused } from '../support/mounting.ts'
import { newerProgram } from '../support/newer-programs.ts'
import {
  aProtectedTree,
  expectWhole,
  fillTree,
  type ProtectedTree,
  passwordOf,
} from '../support/protected-tree.ts'

const restic = newerProgram('restic')
const create = ['backup', 'create', '--only', 'system']

/** On a machine that has much else to do. */
const timeout = 180_000

/*
 * Whoever came first is stopped (SIGSTOP) while it holds its lock or its lease, and goes on when the other has said that it waits:
 * so that the two are there at once however fast the machine is.
 */
describe('two processes of one instance', () => {
  test('do not back up at once: the second is told of the first, which is whole', { timeout }, async () => {
    await using world = await aProtectedTree()
    await fillTree(world, 8)
    const first = await startAndHold(world)

    const second = await world.redoma.run(create)
    first.child.kill('SIGCONT')

    expect(second.code).not.toBe(0)
    expect(second.stderr).toContain(`process ${first.child.pid}`)
    expect(await first.ended).toMatchObject({ code: 0 })
    await expectWhole(world)
  })

  test('wait for each other, one that backs up and one that prunes', { timeout }, async () => {
    await using world = await aProtectedTree()
    await fillTree(world, 8)
    const backup = await startAndHold(world)

    const pruning = world.redoma.start(['backup', 'prune', '--retry-lock', '5m'])
    await said(pruning.child, /waiting: nas: process \d+ of this instance/)
    backup.child.kill('SIGCONT')

    expect(await backup.ended).toMatchObject({ code: 0 })
    expect(await pruning.ended).toMatchObject({ code: 0 })
    await expectWhole(world)
  })
})

describe.skipIf(restic === undefined || mountRefused())('a second host that prunes with stock restic', () => {
  test('waits for our backup, and takes nothing that it needs', { timeout }, async () => {
    await using world = await aProtectedTree()
    await fillTree(world, 8)
    const backup = await startAndHold(world)

    const pruning = await startPruning(world)
    await pruning.says(/already locked, waiting/)
    backup.child.kill('SIGCONT')

    expect(await backup.ended).toMatchObject({ code: 0 })
    expect(await pruning.ended).toBe(0)
    await expectWhole(world)
  })

  test('is waited for by our backup, which sends again what it built on and finds gone', {
    timeout,
  }, async () => {
    await using world = await aProtectedTree()
    await fillTree(world, 8)
    expect(await world.backUp()).toMatchObject({ code: 0 })
    const pruning = await startPruning(world)
    await untilLocked(world, pruning.child)
    pruning.child.kill('SIGSTOP')

    const backup = world.redoma.start(create)
    await said(backup.child, /waiting: /)
    pruning.child.kill('SIGCONT')

    expect(await pruning.ended).toBe(0)
    expect(await backup.ended).toMatchObject({ code: 0 })
    await expectWhole(world)
  })
})

/** A backup that stands still with its lock in the repository. */
async function startAndHold(world: ProtectedTree): Promise<ReturnType<ProtectedTree['redoma']['start']>> {
  const backup = world.redoma.start([...create, '--json'])
  await untilLocked(world, backup.child)
  backup.child.kill('SIGSTOP')
  return backup
}

async function untilLocked({ nas }: ProtectedTree, child: ChildProcess): Promise<void> {
  const folder = join(nas, 'system', 'locks')
  const isLocked = (): boolean =>
    existsSync(folder) && readdirSync(folder).some((name) => /^[0-9a-f]{64}$/.test(name))
  while (!isLocked()) {
    if (child.exitCode !== null) throw new Error('it ended before its lock was seen')
    await wait(2)
  }
}

/** On a host of another name, as the lock will say. */
async function startPruning({ nas, home }: ProtectedTree): Promise<{
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  says(text: RegExp): Promise<void>
}> {
  const env = { PATH: process.env['PATH'], RESTIC_PASSWORD: await passwordOf(home), TZ: 'UTC' }
  const words = ['--repo', join(nas, 'system'), '--no-cache', '--retry-lock', '5m', 'forget']
  const script = 'hostname second-host && exec "$0" "$@"'
  const keep = ['--group-by', 'host,paths', '--keep-last', '1', '--prune', '--max-unused', '0']
  const command = ['--uts', 'sh', '-c', script, restic ?? '', ...words, ...keep]
  const child = spawn('unshare', command, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve)
  })
  return { child, ended, says: (text) => said(child, text) }
}

function said(child: ChildProcess, text: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let all = ''
    const take = (part: Buffer | string): void => {
      all += part.toString()
      if (text.test(all)) resolve()
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
    child.on('close', () => {
      reject(new Error(`it ended without ${text.source}: ${all}`))
    })
  })
}
