import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import type { Catalogue, Run } from '../../src/ports/catalogue.ts'
import type { Plan } from '../../src/ports/plan.ts'
import { serve } from '../support/daemon.ts'
import { alterCatalogue } from '../support/instance.ts'
import { aProtectedTree, type ProtectedTree } from '../support/protected-tree.ts'

const longAgo = new Date('2026-01-01T00:00:00Z')
const patienceMs = 90_000

test('the daemon makes up for what was missed while it was off, answers how it does, and stops when it is told to', async () => {
  await using world = await aProtectedTree()
  await changePlan(world, () => ({ jobs: ['system'], activeSince: longAgo }))
  await using daemon = await serve(world, '--listen', '127.0.0.1:0')

  await until(world, ([newest]) => newest?.dueAt !== undefined && newest.state.kind === 'done')

  expect(await answerOf(world, '/healthz')).toBe(200)
  const [, port] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(daemon.said()) ?? []
  const metrics = await fetch(`http://127.0.0.1:${port}/metrics`)
  expect(await metrics.text()).toContain('redoma_build_info')
  const second = await world.redoma.run(['serve'])
  expect(second.code).not.toBe(0)
  expect(second.stderr).toMatch(/daemon/)
  expect(await daemon.stop()).toBe(0)
  await expect(answerOf(world, '/healthz')).rejects.toThrow()
})

test('a run that is stopped with the daemon is made up when it is back, and no other', async () => {
  await using world = await aProtectedTree()
  const sleeps = { before: { argv: ['/bin/sleep', '600'], limitSeconds: 900 } }
  await changePlan(world, () => ({ jobs: ['system'], activeSince: longAgo, hooks: sleeps }))
  const before = await serve(world)
  await until(world, ([newest]) => newest?.dueAt !== undefined && newest.state.kind === 'running')
  const began = performance.now()
  expect(await before.stop()).toBe(0)
  expect(performance.now() - began).toBeLessThan(30_000)
  const [stopped] = await runsOf(world)
  expect(stopped?.state.kind).toBe('lost')
  await changePlan(world, () => ({ hooks: {} }))

  await using after = await serve(world)
  const runs = await until(world, ([newest]) => newest?.state.kind === 'done' && newest.id !== stopped?.id)

  expect(runs[0]?.dueAt).toEqual(stopped?.dueAt)
  expect(await after.stop()).toBe(0)
})

test('a run whose end could not be written, as the disk was full, keeps no later one from beginning', async () => {
  await using world = await aProtectedTree()
  await changePlan(world, () => ({ jobs: ['system'], activeSince: longAgo }))
  const full = `create trigger full before update on run begin select raise(abort, 'the disk is full'); end`
  alterCatalogue(world.home, full)
  await using daemon = await serve(world)
  await untilLogged(world, 'end of the run not written')

  alterCatalogue(world.home, 'drop trigger full')
  const runs = await until(world, ([newest]) => newest?.dueAt !== undefined && newest.state.kind === 'done')

  expect(runs[1]).toMatchObject({ dueAt: runs[0]?.dueAt, state: { kind: 'lost' } })
  expect(await daemon.stop()).toBe(0)
})

test('a daemon ends when a newer program has changed the catalogue, so that what starts it starts that one', async () => {
  await using world = await aProtectedTree()
  await using daemon = await serve(world)

  alterCatalogue(world.home, "insert into migration values (9999, 'later', '2030-01-01T00:00:00.000Z')")

  const [code] = (await once(daemon.child, 'exit')) as [number | null]
  expect(code).toBe(1)
  expect(daemon.said()).toContain('the catalogue is of version 9999')
})

test('a daemon without an instance, and at an address that others reach, is refused', async () => {
  await using world = await aProtectedTree()

  const open = await world.redoma.run(['serve', '--listen', '0.0.0.0:9477'])
  expect(open).toMatchObject({ code: 2 })
  expect(open.stderr).toContain('not an address of this machine alone')
  expect(await world.redoma.run(['serve', '--listen', 'x'])).toMatchObject({ code: 2 })
})

async function until(world: ProtectedTree, isSo: (runs: readonly Run[]) => boolean): Promise<readonly Run[]> {
  const end = Date.now() + patienceMs
  for (;;) {
    const runs = await runsOf(world)
    if (isSo(runs)) return runs
    if (Date.now() > end) throw new Error(`it never came to it: ${JSON.stringify(runs.slice(0, 2))}`)
    await wait(200)
  }
}

async function untilLogged({ home }: ProtectedTree, words: string): Promise<void> {
  const end = Date.now() + patienceMs
  while (!(await readFile(join(home, 'log', 'backup.log'), 'utf8')).includes(words)) {
    if (Date.now() > end) throw new Error(`${words} was never logged`)
    await wait(200)
  }
}

function runsOf(world: ProtectedTree): Promise<readonly Run[]> {
  return withCatalogue(world, (catalogue) => catalogue.runs.list(10))
}

/** Of the plan that every instance begins with. */
async function changePlan(world: ProtectedTree, change: () => Partial<Plan>): Promise<void> {
  await withCatalogue(world, async ({ plans }) => {
    const [plan] = await plans.list()
    if (plan === undefined) throw new Error('there is no plan')
    await plans.replace({ ...plan, ...change() })
  })
}

async function withCatalogue<T>(
  { home }: ProtectedTree,
  use: (catalogue: Catalogue) => Promise<T>,
): Promise<T> {
  const catalogue = await openCatalogue({ home, clock: { now: () => new Date() } })
  try {
    return await use(catalogue)
  } finally {
    await catalogue.close()
  }
}

/** Over the socket of the instance. */
async function answerOf({ home }: ProtectedTree, path: string): Promise<number | undefined> {
  const request = get({ socketPath: join(home, 'run', 'api.sock'), path })
  const [response] = (await once(request, 'response')) as [{ statusCode?: number; resume(): void }]
  response.resume()
  return response.statusCode
}
