import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { expect } from 'vitest'
import { openCatalogue } from '../../../src/catalogue/open-catalogue.ts'
import { Secret } from '../../../src/core/secret.ts'
import type { Catalogue } from '../../../src/ports/catalogue.ts'
import { type PostgresqlServer, startPostgresql } from '../databases/postgresql.ts'
import { hearNotices } from '../hear-notices.ts'
import { type Redoma, redomaAt } from '../redoma.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { type Daemon, daemonOf } from './daemon.ts'

export interface DaemonWorld extends AsyncDisposable {
  readonly server: PostgresqlServer
  readonly daemons: readonly Daemon[]
  /** For commands, on the first node. */
  readonly redoma: Redoma
  readonly tree: string
  /** A file that is a source by itself. */
  readonly other: string
  /** Numbers of the notices that came, in their order. */
  readonly heard: readonly number[]
  open(): Promise<Catalogue & AsyncDisposable>
  rows(sql: string): Promise<Readonly<Record<string, unknown>>[]>
  /** Starts those that are not up, and waits until they serve. */
  startAll(): Promise<void>
  /** Sends that signal to whoever is in the midst of writing for a run. */
  struck(signal: NodeJS.Signals): Promise<{ readonly run: number; readonly daemon: Daemon }>
  /** The run that made up for one that was lost, once it has ended. */
  madeUpFor(run: number): Promise<number | undefined>
  /** Whether what the test broke is no trouble any more, and all was told. */
  isQuiet(): Promise<boolean>
  /** What the destination has that readers of it would find. */
  known(): readonly string[]
  /** How many locks of processes that had not been struck the repository ever had at once. */
  mostLocks(): number
  until(what: string, isSo: () => Promise<boolean>): Promise<void>
}

/** A channel that nobody tells anything, so that all notices wait for it. */
export const witness = 'witness'
const plans = 12
const patienceMs = 180_000
const password = 'of the server'

export async function aWorldOfDaemons(count: number): Promise<DaemonWorld> {
  await using opening = new AsyncDisposableStack()
  const folder = opening.use(await temporaryFolder())
  const at = (name: string): string => join(folder.path, name)
  const server = opening.use(await startPostgresql(password))
  await server.sql('create database catalogue')
  const url = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${server.port}/catalogue`
  const environment = { DATABASE_URL: url, REDOMA_NODE_TIMEOUT: '8' }
  const nodes = Array.from({ length: count }, (_, n) =>
    redomaAt(at(`node-${n}`), undefined, 'pam', environment),
  )
  const [redoma = redomaAt(at('none'))] = nodes
  const [nas, tree, other] = [at('nas'), at('tree'), at('other')]
  await mkdir(tree)
  for (const path of [join(tree, 'file'), other]) await writeFile(path, 'x')
  for (const words of [
    ['init'],
    ['source', 'add', 'tree', '--files', tree],
    ['source', 'add', 'other', '--files', other],
    ['destination', 'add', 'nas', '--local', nas],
  ])
    expect(await redoma.run(words), words.join(' ')).toMatchObject({ code: 0 })
  for (let n = 1; n < count; n++) {
    await mkdir(at(`node-${n}`), { mode: 0o700 })
    await copyFile(join(at('node-0'), 'instance.key'), join(at(`node-${n}`), 'instance.key'))
  }
  const hook = opening.use(await hearNotices())
  const open = async (): Promise<Catalogue & AsyncDisposable> => {
    const catalogue = await openCatalogue({
      ...{ home: at('node-0'), clock: { now: () => new Date() }, database: new Secret(url) },
    })
    return Object.assign(catalogue, { [Symbol.asyncDispose]: () => catalogue.close() })
  }
  await using catalogue = await open()
  await addPlansAndChannel(catalogue, hook.port)
  const daemons = nodes.map((node) => daemonOf(node))
  const locks = opening.use(watchLocks(join(nas, 'system', 'locks')))
  opening.defer(() => {
    for (const daemon of daemons) daemon.signal('SIGKILL')
  })
  const kept = opening.move()

  const rows: DaemonWorld['rows'] = async (sql) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows
    } finally {
      await client.end()
    }
  }
  const isWriting = async (run: number): Promise<boolean> => {
    const [row] = await rows(`select state from run where id = ${run}`)
    return row?.['state'] === 'running' && locks.now().length > 0
  }
  return {
    ...{ server, daemons, redoma, tree, other, heard: hook.heard, open, rows },
    async startAll() {
      await Promise.all(daemons.map((daemon) => daemon.start()))
    },
    async struck(signal) {
      const end = Date.now() + patienceMs
      for (;;) {
        if (Date.now() > end) throw new Error('no daemon was ever in the midst of a run')
        await wait(5)
        const [row] = await rows(
          "select id, process_id from run where state = 'running' order by id desc limit 1",
        )
        const daemon = daemons.find((one) => one.isUp && one.processId === Number(row?.['process_id']))
        const run = Number(row?.['id'])
        if (daemon === undefined || !(await isWriting(run))) continue
        daemon.signal('SIGSTOP')
        if (await isWriting(run)) {
          locks.forgive()
          daemon.signal(signal)
          return { run, daemon }
        }
        daemon.signal('SIGCONT')
      }
    },
    async madeUpFor(run) {
      const [row] = await rows(`select later.id from run join run later on later.plan_id = run.plan_id
        and later.id > run.id and later.due_at >= run.due_at and later.finished_at is not null where run.id = ${run} limit 1`)
      return row === undefined ? undefined : Number(row['id'])
    },
    async isQuiet() {
      const [row] =
        await rows(`select (select count(*) from incident where closed_at is null and kind in ('source-unreadable', 'backup-failed'))
        + (select count(*) from notice where id not in (select notice_id from notice_outcome)) as count`)
      return Number(row?.['count']) === 0
    },
    known: () =>
      readdirSync(nas, { recursive: true, encoding: 'utf8', withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(nas.length + 1))
        .filter((name) => !/^system\/(data|locks)\//.test(name))
        .toSorted(),
    mostLocks: () => locks.most(),
    async until(what, isSo) {
      const end = Date.now() + patienceMs
      while (!(await isSo())) {
        await wait(100)
        if (Date.now() < end) continue
        const last = await rows('select * from run order by id desc limit 8')
        throw new Error(`it never came to pass: ${what}; the newest runs are ${JSON.stringify(last)}`)
      }
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Each comes due once a minute, at a moment of its own; and at once, since it has been there for an hour. */
async function addPlansAndChannel(catalogue: Catalogue, port: number): Promise<void> {
  for (const { name } of await catalogue.plans.list()) await catalogue.plans.remove(name)
  const createdAt = new Date(Date.now() - 3_600_000)
  for (let n = 0; n < plans; n++) {
    await catalogue.plans.add({
      ...{ id: randomUUID(), name: `plan-${n}`, isEnabled: true, jobs: ['system'] },
      ...{ sources: ['tree', 'other'], destinations: [], hooks: {}, createdAt, activeSince: createdAt },
      schedule: {
        cron: '* * * * *',
        timeZone: 'UTC',
        jitterSeconds: 55,
        windows: [],
        leastSecondsBetween: 0,
      },
    })
  }
  const id = randomUUID()
  const spec = { kind: 'webhook', url: `http://127.0.0.1:${port}/`, preset: 'json' } as const
  await catalogue.channels.add({ id, name: 'hook', spec, leastSeverity: 'info', digestMinutes: 0, createdAt })
  await catalogue.notices.begin(id)
  await catalogue.notices.begin(witness)
}

function watchLocks(folder: string) {
  const forgiven = new Set<string>()
  let most = 0
  const now = (): string[] =>
    existsSync(folder) ? readdirSync(folder).filter((name) => /^[0-9a-f]{64}$/.test(name)) : []
  const timer = setInterval(() => {
    most = Math.max(most, now().filter((name) => !forgiven.has(name)).length)
  }, 5)
  return {
    now,
    most: () => most,
    /** Those that are there are of who was struck just now. */
    forgive() {
      for (const name of now()) forgiven.add(name)
    },
    [Symbol.dispose]() {
      clearInterval(timer)
    },
  }
}
