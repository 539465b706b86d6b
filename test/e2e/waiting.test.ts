import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { Secret } from '../../src/core/secret.ts'
import { whileLocked } from '../../src/repository/locks/while-locked.ts'
import { openRepository } from '../../src/repository/open.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { aProtectedTree, type ProtectedTree, passwordOf } from '../support/protected-tree.ts'
import { placeAt } from '../support/repositories.ts'

const { signal } = new AbortController()
const timeout = 120_000
const byLock = `the repository is locked by process ${process.pid} of \\S+ on \\S+, exclusively \\(lock [0-9a-f]{8}, refreshed [^)]+ ago\\)`
const byLease = `process ${process.pid} of this instance works on the repository since \\S+: a test`
const until = '; until \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC at the longest'

/* The other is this test itself, which goes away when it was said that it is waited for: it is there for as long as it takes. */
describe('a command that meets another at work', () => {
  test('a restore waits for a lock, says whose and for how long, and goes on', { timeout }, async () => {
    await using world = await aProtectedTree()
    const target = join(world.path, 'target')

    const ended = await whileHeld(world, ['restore', 'latest', '--source', 'tree', '--to', target])

    expect(ended).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(waiting('nas', byLock)) as string,
    })
    expect(compareTrees(world.tree, join(target, world.tree))).toEqual([])
  })

  test('a repair waits for a lock, says whose and for how long, and goes on', { timeout }, async () => {
    await using world = await aProtectedTree()

    const ended = await whileHeld(world, ['backup', 'repair', 'index', '--read-all-packs'])

    expect(ended).toMatchObject({ code: 0, stderr: expect.stringMatching(waiting('nas', byLock)) as string })
    expect(ended.stdout).toContain('Replaced')
  })

  test('a repair waits for the lease of another process, says whose and for how long, and goes on', {
    timeout,
  }, async () => {
    await using world = await aProtectedTree()
    const catalogue = await openCatalogue({ home: world.home, clock: { now: () => new Date() } })
    const [destination] = await catalogue.destinations.list()
    const mine = { destinationId: destination?.id ?? '', processId: process.pid }
    await catalogue.leases.take({ ...mine, purpose: 'a test', takenAt: new Date() })

    const { child, ended } = world.redoma.start(['backup', 'repair', 'index', '--retry-lock', '1h'])
    await saidThatItWaits(child)
    await catalogue.leases.release(mine)
    await catalogue.close()

    expect(await ended).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(waiting('nas', byLease)) as string,
    })
  })

  test.each([
    ['0', /^error: the repository is locked/],
    // On a busy machine the second is over when the lock has been looked at.
    ['1s', new RegExp(`^(${waiting('nas', byLock).source}\n)?error: the repository is locked`)],
  ])('a restore waits no longer than it should: %s', { timeout }, async (patience, says) => {
    await using world = await aProtectedTree()
    const target = join(world.path, 'target')
    const words = ['restore', 'latest', '--source', 'tree', '--to', target, '--retry-lock', patience]

    const ended = await whileExclusive(world, () => world.redoma.run(words))

    expect(ended).toMatchObject({ code: 4, stderr: expect.stringMatching(says) as string })
    expect(existsSync(join(target, world.tree))).toBe(false)
  })
})

function waiting(subject: string, who: string): RegExp {
  return new RegExp(`waiting: ${subject}: ${who}${until}`)
}

/** A command that would wait for an hour, while this process has the repository for itself until it is waited for. */
async function whileHeld(
  world: ProtectedTree,
  words: readonly string[],
): ReturnType<ProtectedTree['redoma']['run']> {
  const { ended } = await whileExclusive(world, async () => {
    const started = world.redoma.start([...words, '--retry-lock', '1h'])
    await saidThatItWaits(started.child)
    return { ended: started.ended }
  })
  return ended
}

async function whileExclusive<T>({ nas, home }: ProtectedTree, work: () => Promise<T>): Promise<T> {
  const password = new Secret(await passwordOf(home))
  const place = { ...placeAt(join(nas, 'system')), password, locking: { hostname: hostname() } }
  using repository = await openRepository(place, signal)
  return await whileLocked(repository, 'exclusive', work, signal)
}

function saidThatItWaits(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let all = ''
    child.stderr?.on('data', (part: Buffer | string) => {
      all += part.toString()
      if (all.includes('waiting: ')) resolve()
    })
    child.on('close', () => {
      reject(new Error(`it ended without having waited: ${all}`))
    })
  })
}
