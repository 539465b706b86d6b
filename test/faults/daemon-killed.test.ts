import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Catalogue } from '../../src/ports/catalogue.ts'
import { daemonAtSpeed } from '../support/daemon-at-speed.ts'
import { postgresqlMissing, startPostgresql } from '../support/databases/postgresql.ts'
import { expectEachDueTimeOnce, expectOneAtATime } from '../support/expect-runs.ts'
import { hearNotices } from '../support/hear-notices.ts'
import { redomaAt } from '../support/redoma.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const isSlow = process.env['SLOW'] !== undefined
/** A minute in a tenth of a second. */
const speed = 600
const longestMs = 5000
/** A channel that nobody tells anything, so that all notices wait for it: PostgreSQL leaves numbers out where a transaction was cut off. */
const witness = 'witness'

describe.each([
  { catalogue: 'SQLite', rounds: isSlow ? 100 : 8 },
  { catalogue: 'PostgreSQL', rounds: isSlow ? 100 : 4 },
] as const)('with the catalogue in $catalogue', ({ catalogue, rounds }) => {
  const isHere = catalogue === 'SQLite' || !postgresqlMissing()
  test.runIf(isHere)(
    'a daemon that is killed again and again loses no run, no incident, no entry of the audit trail and no notice, and never runs two at once',
    { timeout: rounds * 20_000 + 120_000 },
    () => killAgainAndAgain(catalogue, rounds),
  )
})

async function killAgainAndAgain(which: 'SQLite' | 'PostgreSQL', rounds: number): Promise<void> {
  await using world = await aWorld(which)
  const random = seededRandom(7)
  const since = Date.now()
  for (let round = 0; round < rounds; round++) {
    const daemon = await world.serveAtSpeed(since)
    await wait(random(longestMs))
    // What is lost, and what is found again, goes on all the while.
    if (round % 3 === 0) await world.breakSource()
    if (round % 3 === 1) await world.mendSource()
    daemon.kill('SIGKILL')
    await once(daemon, 'exit')
  }
  await world.mendSource()

  const daemon = await world.serveAtSpeed(since)
  await world.until(async (catalogue) => {
    const [newest] = await catalogue.runs.list(1)
    const open = await catalogue.incidents.open()
    const isQuiet = !open.some(({ kind }) => kind === 'source-unreadable' || kind === 'backup-failed')
    const [channel] = await catalogue.channels.list()
    const { count } = await catalogue.notices.waiting(channel?.id ?? '')
    return newest?.state.kind === 'done' && newest.dueAt !== undefined && isQuiet && count === 0
  })
  daemon.kill('SIGTERM')
  expect(await once(daemon, 'exit')).toEqual([0, null])

  await using opened = await world.open()
  const runs = (await opened.catalogue.runs.list(100_000)).toReversed()
  expect(runs.filter(({ state }) => state.kind === 'running')).toEqual([])
  expectOneAtATime(runs)
  expectEachDueTimeOnce(runs)
  expect(await opened.catalogue.audit.verify()).toMatchObject({ brokenAt: undefined })
  // Each that was queued came, in its order, though it may have come twice; or still waits, when it was queued while the daemon was being stopped.
  const told = (await opened.catalogue.notices.pending(witness, 100_000)).map(({ id }) => id)
  expect(told.length).toBeGreaterThan(0)
  const [channel] = await opened.catalogue.channels.list()
  const waiting = await opened.catalogue.notices.pending(channel?.id ?? '', 100_000)
  const waits = new Set(waiting.map(({ id }) => id))
  const heard = [...new Set(world.heard)]
  expect(heard).toEqual(told.filter((id) => heard.includes(id) || !waits.has(id)))
}

interface Opened extends AsyncDisposable {
  readonly catalogue: Catalogue
}

async function aWorld(which: 'SQLite' | 'PostgreSQL') {
  await using made = new AsyncDisposableStack()
  const database = which === 'SQLite' ? undefined : await aDatabase(made)
  // By a clock that goes so fast, a presence would be good for less time than a renewal takes.
  const environment: Record<string, string> =
    database === undefined ? {} : { DATABASE_URL: database.reveal(), REDOMA_NODE_TIMEOUT: '3600' }
  const folder = made.use(await temporaryFolder())
  const at = (name: string): string => join(folder.path, name)
  const [home, tree] = [at('home'), at('tree')]
  const { port, heard } = made.use(await hearNotices())
  const redoma = redomaAt(home, undefined, '', environment)
  const must = async (...words: string[]) => {
    expect(await redoma.run(words), words.join(' ')).toMatchObject({ code: 0 })
  }
  await mkdir(tree)
  await writeFile(join(tree, 'file'), 'x')
  await writeFile(at('other'), 'x')
  await must('init')
  await must('source', 'add', 'tree', '--files', tree)
  await must('source', 'add', 'other', '--files', at('other'))
  await must('destination', 'add', 'nas', '--local', at('nas'))
  const opened = () => openCatalogue({ home, clock: { now: () => new Date() }, database })
  await addPlanAndChannel(await opened(), port)
  const kept = made.move()
  const open = async (): Promise<Opened> => {
    const catalogue = await opened()
    return {
      catalogue,
      [Symbol.asyncDispose]: () => catalogue.close(),
    }
  }
  return {
    heard,
    open,
    serveAtSpeed: (since: number): Promise<ChildProcess> =>
      daemonAtSpeed({ home, speed, since, environment }),
    breakSource: () => rm(at('other'), { force: true }),
    mendSource: async () => {
      await writeFile(at('other'), 'x')
    },
    async until(isSo: (catalogue: Catalogue) => Promise<boolean>): Promise<void> {
      await using opened = await open()
      const end = Date.now() + 90_000
      while (!(await isSo(opened.catalogue))) {
        if (Date.now() > end) throw new Error('it never came to it')
        await wait(100)
      }
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function aDatabase(made: AsyncDisposableStack): Promise<Secret> {
  const password = 'of the server'
  const server = made.use(await startPostgresql(password))
  await server.sql('create database catalogue')
  const at = `127.0.0.1:${server.port}/catalogue`
  return new Secret(`postgres://postgres:${encodeURIComponent(password)}@${at}`)
}

async function addPlanAndChannel(catalogue: Catalogue, port: number): Promise<void> {
  const createdAt = new Date()
  for (const { name } of await catalogue.plans.list()) await catalogue.plans.remove(name)
  await catalogue.plans.add({
    id: randomUUID(),
    name: 'often',
    isEnabled: true,
    jobs: ['system'],
    sources: [],
    destinations: [],
    schedule: { cron: '*/5 * * * *', timeZone: 'UTC', jitterSeconds: 0, windows: [], leastSecondsBetween: 0 },
    hooks: {},
    createdAt,
    activeSince: createdAt,
  })
  const channel = randomUUID()
  await catalogue.channels.add({
    id: channel,
    name: 'hook',
    spec: { kind: 'webhook', url: `http://127.0.0.1:${port}/`, preset: 'json' },
    leastSeverity: 'info',
    digestMinutes: 0,
    createdAt,
  })
  await catalogue.notices.begin(channel)
  await catalogue.notices.begin(witness)
  await catalogue.close()
}
