import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { aCatalogueDatabase } from '../support/databases/catalogue-database.ts'
import { startPostgresql } from '../support/databases/postgresql.ts'
import { type Ended, type Redoma, redomaAt } from '../support/redoma.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** On a machine that has much else to do. */
const timeout = 240_000
const create = ['backup', 'create', '--only', 'system', '--json']

/* Real programs, each with a folder of its own: a node, as far as the catalogue can tell, that is thrown out after five seconds. */
describe('a node that was stopped in the midst of a run', { timeout }, () => {
  test('loses the run to another, and writes nothing more when it wakes up', async () => {
    await using world = await aWorld()
    const [first, second] = world.nodes
    const stopped = first.start(create)
    await untilLocked(world.nas, stopped.child)
    stopped.child.kill('SIGSTOP')

    const { taken, refused } = await untilTaken(second)
    const there = objectsIn(world.nas)
    stopped.child.kill('SIGCONT')
    const ended = await stopped.ended

    // None where it was stopped within a transaction, for which the others wait as long as it is believed in.
    for (const { stderr } of refused) expect(stderr).toContain(`process ${stopped.child.pid}`)
    expect(taken.code).toBe(0)
    expect(ended.code).not.toBe(0)
    expect(ended.stderr).toContain('took this process for dead')
    // What it had begun to write when it was stopped may have ended: nobody knows of it.
    const known = (names: readonly string[]): string[] =>
      names.filter((name) => !name.startsWith('system/data/'))
    expect(known(objectsIn(world.nas))).toEqual(known(there))
    expect(await statesOf(second)).toEqual(['done', 'lost'])
    expect(await second.run(['backup', 'verify', '--read-data'])).toMatchObject({ code: 0 })
    expect(await first.run(create)).toMatchObject({ code: 0 })
  })

  test('and killed, is followed by the next at once', async () => {
    await using world = await aWorld()
    const [first, second] = world.nodes
    const killed = first.start(create)
    await untilLocked(world.nas, killed.child)
    killed.child.kill('SIGKILL')
    await killed.ended

    expect(await second.run(create)).toMatchObject({ code: 0 })
    expect(await statesOf(second)).toEqual(['done', 'lost'])
  })
})

describe('a run', { timeout }, () => {
  test('outlives a database that is started anew in the midst of it', async () => {
    const password = 'of the server'
    await using server = await startPostgresql(password)
    await server.sql('create database catalogue')
    const url = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${server.port}/catalogue`
    await using world = await aWorld(new Secret(url))
    const [first, second] = world.nodes
    const run = first.start(create)
    await untilLocked(world.nas, run.child)
    run.child.kill('SIGSTOP')
    await server.restart()
    run.child.kill('SIGCONT')

    expect(await run.ended).toMatchObject({ code: 0 })
    expect(await statesOf(second)).toEqual(['done'])
  })
})

interface World extends AsyncDisposable {
  readonly nas: string
  readonly nodes: readonly [Redoma, Redoma]
}

async function aWorld(given?: Secret): Promise<World> {
  await using opening = new AsyncDisposableStack()
  const folder = opening.use(await temporaryFolder())
  const url = given ?? opening.use(await aCatalogueDatabase()).url
  const environment = { DATABASE_URL: url.reveal(), REDOMA_NODE_TIMEOUT: '5' }
  const [nas, tree] = [join(folder.path, 'nas'), join(folder.path, 'tree')]
  for (const path of [nas, tree]) await mkdir(path)
  for (let n = 0; n < 40; n++) await writeFile(join(tree, `file-${n}`), seededBytes(n, 1024 * 1024))
  const homes = ['a', 'b'].map((name) => join(folder.path, name))
  const [first, second] = homes.map((home) => redomaAt(home, undefined, 'pam', environment))
  const [home = '', other = ''] = homes
  if (first === undefined || second === undefined) throw new Error('unreachable')
  for (const words of [
    ['init'],
    ['source', 'add', 'tree', '--files', tree],
    ['destination', 'add', 'nas', '--local', nas],
  ]) {
    expect(await first.run(words)).toMatchObject({ code: 0 })
  }
  await mkdir(other, { mode: 0o700 })
  await copyFile(join(home, 'instance.key'), join(other, 'instance.key'))
  const stack = opening.move()
  return { nas, nodes: [first, second], [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

async function untilLocked(nas: string, child: ChildProcess): Promise<void> {
  const folder = join(nas, 'system', 'locks')
  const isLocked = (): boolean =>
    existsSync(folder) && readdirSync(folder).some((name) => /^[0-9a-f]{64}$/.test(name))
  while (!isLocked()) {
    if (child.exitCode !== null) throw new Error('it ended before its lock was seen')
    await wait(2)
  }
}

/** Others are refused until the one that was stopped counts as dead. */
async function untilTaken(node: Redoma): Promise<{ readonly taken: Ended; readonly refused: Ended[] }> {
  const refused: Ended[] = []
  for (;;) {
    const ended = await node.run(create)
    if (ended.code !== 4) return { taken: ended, refused }
    refused.push(ended)
    await wait(500)
  }
}

function objectsIn(nas: string): string[] {
  const all = readdirSync(nas, { recursive: true, encoding: 'utf8', withFileTypes: true })
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(nas.length + 1))
    .toSorted()
}

/** Newest first. */
async function statesOf(node: Redoma): Promise<string[]> {
  const { stdout } = await node.run(['backup', 'list', '--json'])
  return (JSON.parse(stdout) as { state: string }[]).map(({ state }) => state)
}
