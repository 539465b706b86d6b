import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { socketPath } from '../../src/api/contract/socket-path.ts'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import type { Catalogue, Run } from '../../src/ports/catalogue.ts'
import { serve } from '../support/daemon.ts'
import { aProtectedTree, type ProtectedTree } from '../support/protected-tree.ts'
import type { Ended } from '../support/redoma.ts'

const timeout = 240_000

interface Shown {
  readonly run: number
  readonly state: string
  readonly cancelledBy?: string
  readonly parts: readonly { readonly source: string }[]
  readonly transfers?: readonly { readonly destination: string; readonly sentBytes: number }[]
}

describe('a backup that is begun while a daemon runs', { timeout }, () => {
  test('is done by the daemon, and told as if it were done here', async () => {
    await using world = await aProtectedTree()
    await world.redoma.run(['plan', 'edit', 'daily', '--jobs', 'system'])
    await using daemon = await serve(world)

    const byDaemon = await world.redoma.run(['backup', 'create', '--plan', 'daily', '--json'])
    const here = await world.redoma.run(['backup', 'create', '--only', 'system', '--here', '--json'])
    const words = await world.redoma.run(['backup', 'create', '--only', 'system', '--source', 'tree'])
    const refused = await world.redoma.run(['backup', 'create', '--to', 'gone'])

    const [one, other] = [byDaemon, here].map(({ stdout }) => JSON.parse(stdout) as Shown)
    expect([byDaemon.code, here.code, words.code]).toEqual([0, 0, 0])
    const isByDaemon = (await runsOf(world)).map(({ processId }) => processId === daemon.child.pid)
    expect(isByDaemon).toEqual([true, false, true, false])
    expect(Object.keys(one ?? {})).toEqual(expect.arrayContaining(Object.keys(other ?? {})))
    expect(one?.parts.map(({ source }) => source)).toEqual(other?.parts.map(({ source }) => source))
    expect(one?.transfers).toMatchObject([{ destination: 'nas', sentBytes: expect.any(Number) as number }])
    expect(one?.transfers?.[0]?.sentBytes).toBeGreaterThan(0)
    expect(words.stdout).toMatch(/✓ done {2}run 4.*tree.*sent in/s)
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain('gone')
    expect(await daemon.stop()).toBe(0)
  })

  test('is stopped at the daemon by Ctrl-C, under the name of who pressed it', async () => {
    await using world = await aProtectedTree()
    await using daemon = await serve(world)

    const { child, ended } = await beginHeld(world)
    child.kill('SIGINT')

    expect(await ended).toMatchObject({ code: 130, stdout: '' })
    const shown = JSON.parse((await world.redoma.run(['backup', 'show', '--json'])).stdout) as Shown
    expect(shown).toMatchObject({ run: 2, state: 'cancelled', parts: [] })
    const [entry] = JSON.parse((await world.redoma.run(['audit', 'list', '--json'])).stdout) as unknown[]
    expect(entry).toMatchObject({ action: 'backup.cancel', subject: '2', actor: shown.cancelledBy })
    expect(await daemon.stop()).toBe(0)
  })

  test('is lost with a daemon that is killed, which is said at once', async () => {
    await using world = await aProtectedTree()
    await using daemon = await serve(world)

    const { ended } = await beginHeld(world)
    daemon.child.kill('SIGKILL')
    const { code, stdout, stderr } = await ended

    expect(code).toBe(1)
    expect(stdout).toContain('✗ its process died  run 2')
    expect(stderr).toContain(
      'The daemon has gone. What becomes of run 2 is in the catalogue: redoma backup follow 2',
    )
    expect((await world.redoma.run(['backup', 'follow', '2'])).code).toBe(1)
  })

  test('is cancelled with a daemon that is stopped', async () => {
    await using world = await aProtectedTree()
    await using daemon = await serve(world)

    const { ended } = await beginHeld(world)
    expect(await daemon.stop()).toBe(0)

    expect(await ended).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('! cancelled by ') as string,
    })
  })

  test('keeps a second one out, which another command follows and stops', async () => {
    await using world = await aProtectedTree()
    await using daemon = await serve(world)

    const first = await beginHeld(world)
    const second = await world.redoma.run(['backup', 'create'])
    const third = await world.redoma.run(['backup', 'create', '--here'])
    const follower = world.redoma.start(['backup', 'follow', '--json'])
    const left = world.redoma.start(['backup', 'follow'])
    const stopped = await stoppedWhenFollowed(world, left)

    for (const { code, stderr } of [second, third]) {
      expect(code).toBe(4)
      expect(stderr).toContain('run 2 is under way')
    }
    expect(stopped).toMatchObject({ code: 0, stdout: expect.stringContaining('! cancelled by') as string })
    expect(await first.ended).toMatchObject({ code: 1 })
    const followed = await follower.ended
    expect(followed).toMatchObject({ code: 1 })
    expect(JSON.parse(followed.stdout)).toMatchObject({ run: 2, state: 'cancelled' })
    const none = await world.redoma.run(['backup', 'stop'])
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('no run is under way') as string })
    const over = await world.redoma.run(['backup', 'stop', '2'])
    expect(await daemon.stop()).toBe(0)
    expect(over).toMatchObject({ code: 2, stderr: expect.stringContaining('has ended: cancelled') as string })
  })
})

describe('what listens in the place of the daemon', { timeout }, () => {
  const answers: readonly [string, RequestListener][] = [
    ['is of another version', (_, response) => response.end(JSON.stringify(instanceOf('0.0.0-older')))],
    ['answers what is no JSON', (_, response) => response.end('<html>')],
    ['answers another JSON', (_, response) => response.end('{"version":7}')],
    [
      'refuses, and says so in words of its own',
      (_, response) => response.writeHead(404).end('no such page'),
    ],
    ['hangs up', ({ socket }) => socket.destroy()],
  ]

  test.each(answers)('%s is told of, and the backup is done without it', async (_, answer) => {
    await using world = await aProtectedTree()
    await using listening = await listen(world, answer)

    const run = await world.redoma.run(['backup', 'create', '--only', 'system', '--json'])

    expect(listening.asked()).toBeGreaterThan(0)
    expect(run).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/note: the daemon .*does the run itself/) as string,
    })
    expect(JSON.parse(run.stdout)).toMatchObject({ run: 2, state: 'done' })
  })

  test('dies when it has begun the run, and has not said its number: it is told of as lost', async () => {
    await using world = await aProtectedTree()
    const version = (await world.redoma.run(['--version'])).stdout.trim().split(' ').at(-1) ?? ''
    const { pid: gone } = spawnSync('true')
    await using listening = await listen(world, async ({ url, method, socket }, response) => {
      if (url === '/api/v1/instance') {
        response.end(JSON.stringify(instanceOf(version)))
        return
      }
      if (method === 'POST') await withCatalogue(world, ({ runs }) => runs.start(new Date(), gone))
      socket.destroy()
    })

    const run = await world.redoma.run(['backup', 'create'])

    expect(listening.asked()).toBeGreaterThan(1)
    expect(run).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('What becomes of run 2 ') as string,
    })
    expect(run.stdout).toContain('✗ its process died  run 2')
  })

  test('breaks off its events, and sends some that nobody knows: the catalogue has the end of the run', async () => {
    await using world = await aProtectedTree()
    const version = (await world.redoma.run(['--version'])).stdout.trim().split(' ').at(-1) ?? ''
    await using listening = await listen(world, ({ url, method }, response) => {
      if (url === '/api/v1/instance') response.end(JSON.stringify(instanceOf(version)))
      else if (method === 'POST') response.writeHead(202).end('{"id":1}')
      else response.end('event: later\ndata: {}\n\nevent: progress\ndata: {"steps":"many"}\n\n')
    })

    const run = await world.redoma.run(['backup', 'create'])

    expect(listening.asked()).toBe(3)
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining('The daemon has gone') as string })
    expect(run.stdout).toContain('✓ done  run 1')
  })
})

describe('what a command changes while a daemon runs', { timeout }, () => {
  test('is what the next run of the daemon goes by: plans, sources, destinations, credentials', async () => {
    await using world = await aProtectedTree()
    const { redoma } = world
    await using daemon = await serve(world)
    await writeFile(join(world.path, 'new'), 'x')

    await redoma.run(['destination', 'add', 'second', '--local', join(world.path, 'second')])
    await redoma.run(['source', 'add', 'more', '--files', join(world.path, 'new')])
    await redoma.run(['plan', 'add', 'x', '--jobs', 'system', '--source', 'more', '--after-changes', '1s'])
    await redoma.run(['credential', 'add', 'router', '--secret-file', '-'], 's3cret-of-the-router\n')
    const runs = await vi.waitUntil(
      async () => {
        const all = JSON.parse((await redoma.run(['backup', 'list', '--json'])).stdout) as readonly Shown[]
        return all[0]?.run === 2 && all[0].state === 'done' && all
      },
      { timeout: 200_000, interval: 500 },
    )

    const parts = runs[0]?.parts as readonly { source: string; destination: string }[]
    expect(parts.map(({ source, destination }) => `${source} ${destination}`).toSorted()).toEqual([
      'more nas',
      'more second',
    ])
    expect(await daemon.stop()).toBe(0)
  })
})

/** A backup of a plan whose hook never ends, when it is known that its run is under way at the daemon. */
async function beginHeld(world: ProtectedTree) {
  const { redoma } = world
  await redoma.run([
    'plan',
    'edit',
    'daily',
    '--jobs',
    'system',
    '--hook-before',
    '/bin/sleep 600',
    '--hook-limit',
    '15m',
  ])
  const begun = redoma.start(['backup', 'create', '--plan', 'daily'])
  await vi.waitUntil(() => isUnderWay(world), { timeout: 200_000, interval: 200 })
  return begun
}

async function isUnderWay(world: ProtectedTree): Promise<boolean> {
  return (await runsOf(world))[0]?.state.kind === 'running'
}

/** The newest first. */
function runsOf(world: ProtectedTree): Promise<readonly Run[]> {
  return withCatalogue(world, ({ runs }) => runs.list(10))
}

async function withCatalogue<T>(
  { home }: ProtectedTree,
  work: (catalogue: Catalogue) => Promise<T>,
): Promise<T> {
  const catalogue = await openCatalogue({ home, clock: { now: () => new Date() } })
  try {
    return await work(catalogue)
  } finally {
    await catalogue.close()
  }
}

/** Stops the run of the daemon, when one who followed it has gone again. */
async function stoppedWhenFollowed(
  { redoma }: ProtectedTree,
  { child, ended }: ReturnType<ProtectedTree['redoma']['start']>,
): Promise<Ended> {
  child.kill('SIGINT')
  expect((await ended).stdout).toBe('')
  expect((await redoma.run(['backup', 'list'])).stdout).toContain('under way')
  return redoma.run(['backup', 'stop'])
}

function instanceOf(version: string): object {
  const runs = { running: 0, done: 0, 'done-with-warnings': 0, failed: 0, cancelled: 0, lost: 0 }
  return {
    ...{
      id: crypto.randomUUID(),
      name: 'x',
      createdAt: new Date().toISOString(),
      isAppliance: false,
      version,
    },
    ...{ credentials: 0, sources: 0, destinations: 0, generation: 0, runs },
  }
}

async function listen({ home }: ProtectedTree, answer: (...of: Parameters<RequestListener>) => unknown) {
  let asked = 0
  const server = createServer((request, response) => {
    asked += 1
    void answer(request, response)
  })
  const { promise, resolve } = Promise.withResolvers<undefined>()
  server.listen(socketPath(join(home, 'run')), () => {
    resolve(undefined)
  })
  await promise
  return {
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
