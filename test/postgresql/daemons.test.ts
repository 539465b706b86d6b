import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Catalogue } from '../../src/ports/catalogue.ts'
import { expectEachDueTimeOnce, expectOneAtATime } from '../support/expect-runs.ts'
import { aWorldOfDaemons, type DaemonWorld, witness } from '../support/nodes/daemon-world.ts'
import { seededBytes } from '../support/seeded-bytes.ts'

const rounds = process.env['SLOW'] === undefined ? 1 : 10

/*
 * Real daemons (`redoma serve`), each with a folder of its own, as nodes of one instance on a PostgreSQL of the test's own; twelve plans, each due once a minute, at
 * moments of their own. Whichever daemon is at a run at the moment is struck.
 */
test('three daemons share the runs of one instance, each once, whichever of them is frozen or killed, and whenever the database starts anew', {
  timeout: 600_000 * rounds,
}, async () => {
  await using world = await aWorldOfDaemons(3)
  await world.startAll()
  for (let round = 0; round < rounds; round++) {
    await rm(world.other)
    await freezeOne(world, round)
    await killOne(world, round)
    await writeFile(world.other, `${round}`)
    await restartDatabase(world, round)
  }
  await world.until('what was wrong is over and told', () => world.isQuiet())
  for (const daemon of world.daemons) expect(await daemon.stop()).toMatchObject({ code: 0 })

  await using catalogue = await world.open()
  const runs = (await catalogue.runs.list(100_000)).toReversed()
  expectOneAtATime(runs)
  for (const ofPlan of Map.groupBy(runs, ({ planId }) => planId).values()) expectEachDueTimeOnce(ofPlan)
  expect(world.mostLocks()).toBe(1)
  await expectToldOnce(world, catalogue, rounds)
  expect(await world.redoma.run(['backup', 'verify', '--read-data'])).toMatchObject({ code: 0 })
  expect(await world.redoma.run(['audit', 'verify'])).toMatchObject({ code: 0 })
})

/** One is stopped while it writes. When others do its work, and are stopped by then as well, it wakes up alone: what is written now would be by it. */
async function freezeOne(world: DaemonWorld, round: number): Promise<void> {
  await change(world, 3 * round + 1)
  const { run, daemon } = await world.struck('SIGSTOP')
  await world.until('another makes up for it', async () => (await world.madeUpFor(run)) !== undefined)
  const others = world.daemons.filter((other) => other !== daemon)
  for (const other of others) expect(await other.stop()).toMatchObject({ code: 0 })
  const there = world.known()

  daemon.signal('SIGCONT')
  const ended = await daemon.ended()

  expect(ended.code).not.toBe(0)
  expect(ended.stderr).toContain('took this process for dead')
  expect(world.known()).toEqual(there)
  await world.startAll()
}

async function killOne(world: DaemonWorld, round: number): Promise<void> {
  await change(world, 3 * round + 2)
  const { run, daemon } = await world.struck('SIGKILL')
  await daemon.ended()
  await world.until('another makes up for it', async () => (await world.madeUpFor(run)) !== undefined)
  await world.startAll()
}

async function restartDatabase(world: DaemonWorld, round: number): Promise<void> {
  await change(world, 3 * round + 3)
  const { run, daemon } = await world.struck('SIGSTOP')
  await world.server.restart()
  daemon.signal('SIGCONT')
  await world.until('the run ends, or is made up for where this took too long', async () => {
    const [row] = await world.rows(`select state from run where id = ${run}`)
    return row?.['state'] !== 'running' || (await world.madeUpFor(run)) !== undefined
  })
  await world.startAll()
}

/** So that a run has something to write. */
async function change({ tree }: DaemonWorld, seed: number): Promise<void> {
  for (let n = 0; n < 24; n++)
    await writeFile(join(tree, `file-${n}`), seededBytes(1000 * seed + n, 1024 * 1024))
}

/** What was broken once a round was one incident each time; a strike between telling and writing that down may have told one notice twice. */
async function expectToldOnce({ heard }: DaemonWorld, catalogue: Catalogue, most: number): Promise<void> {
  const broken = (await catalogue.incidents.list(10_000)).filter(({ kind }) => kind === 'source-unreadable')
  expect(broken.length).toBeGreaterThan(0)
  expect(broken.length).toBeLessThanOrEqual(most)
  const once = [...new Set(heard)]
  const told = await catalogue.notices.pending(witness, 100_000)
  // What was queued since all was quiet may wait still.
  expect(once).toEqual(told.map(({ id }) => id).filter((id) => id <= Math.max(...heard)))
  expect(heard.length - once.length).toBeLessThanOrEqual(2 * most)
}
