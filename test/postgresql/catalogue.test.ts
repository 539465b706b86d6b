import { randomUUID, X509Certificate } from 'node:crypto'
import { copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { inspect } from 'node:util'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { createInstance } from '../../src/catalogue/create-instance.ts'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { postgresqlEngine } from '../../src/catalogue/postgresql/engine.ts'
import { moveToPostgresql } from '../../src/catalogue/postgresql/move-from-sqlite.ts'
import { collectBytes } from '../../src/core/bytes.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Catalogue } from '../../src/ports/catalogue.ts'
import { attachmentOfBytes, encodeCredential } from '../../src/ports/credential-json.ts'
import type { Plan } from '../../src/ports/plan.ts'
import { privateAuthority } from '../support/certificates.ts'
import { handTurnedClock } from '../support/clock.ts'
import { aCatalogueDatabase, addressOf } from '../support/databases/catalogue-database.ts'
import { startPostgresql } from '../support/databases/postgresql.ts'
import { aCredential } from '../support/glass.ts'
import { meddleNot, type Proxy, startProxy } from '../support/proxy.ts'
import { redomaAt } from '../support/redoma.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const clock = handTurnedClock()
const now = clock.now()

describe('an instance on PostgreSQL', () => {
  test('has a key in its folder and all else in the database', async () => {
    await using folder = await temporaryFolder()
    await using database = await aCatalogueDatabase()

    const instance = await createInstance(folder.path, 'bastion', clock, { database: database.url })

    await using catalogue = await opened(folder.path, database.url)
    expect(catalogue.instance).toEqual(instance)
    expect(await readdir(folder.path)).toEqual(['catalogue.postgresql', 'instance.key'])
    expect((await stat(join(folder.path, 'instance.key'))).mode & 0o777).toBe(0o600)
  })

  test('is made once, whoever begins at the same moment, and never beside a file', async () => {
    await using folder = await temporaryFolder()
    await using database = await aCatalogueDatabase()
    const homes = ['a', 'b', 'c'].map((name) => join(folder.path, name))

    const made = await Promise.allSettled(
      homes.map((home) => createInstance(home, 'x', clock, { database: database.url })),
    )
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const one of made) if (one.status === 'rejected') expect(one.reason).toMatchObject(existing)
    await expect(createInstance(folder.path, 'x', clock, { database: database.url })).rejects.toMatchObject(
      existing,
    )

    const withFile = join(folder.path, 'file')
    await createInstance(withFile, 'x', clock)
    await using other = await aCatalogueDatabase()
    await expect(createInstance(withFile, 'x', clock, { database: other.url })).rejects.toMatchObject({
      code: 'USAGE',
    })
    await expect(openCatalogue({ home: withFile, clock, database: other.url })).rejects.toMatchObject({
      code: 'USAGE',
    })
  })

  test('makes no second one in a file when the address is forgotten', async () => {
    await using folder = await temporaryFolder()
    await using database = await aCatalogueDatabase()
    await createInstance(folder.path, 'x', clock, { database: database.url })

    await expect(createInstance(folder.path, 'x', clock)).rejects.toMatchObject(existing)
    await expect(openCatalogue({ home: folder.path, clock })).rejects.toMatchObject({
      code: 'INSTANCE_MISSING',
      message: expect.stringContaining('DATABASE_URL') as string,
    })
  })

  test('is joined by a node that has its key, and by no other', async () => {
    await using world = await anInstance()
    const [second, stranger] = [join(world.home, 'second'), join(world.home, 'stranger')]
    for (const home of [second, stranger]) await mkdir(home, { mode: 0o700 })
    await copyFile(join(world.home, 'instance.key'), join(second, 'instance.key'))
    await world.catalogue.credentials.put(aCredential('1', { secret: new Secret('of the router') }))

    await using node = await opened(second, world.url)
    expect((await node.credentials.get('1')).secret?.reveal()).toBe('of the router')
    await expect(opened(stranger, world.url)).rejects.toMatchObject({ code: 'INSTANCE_KEY_WRONG' })
    await using others = await aCatalogueDatabase()
    await createInstance(stranger, 'another', clock, { database: others.url })
    await expect(opened(stranger, world.url)).rejects.toMatchObject({ code: 'INSTANCE_KEY_WRONG' })
  })

  test('says so when there is none in the database, and when there is no database', async () => {
    await using folder = await temporaryFolder()
    await using database = await aCatalogueDatabase()

    await expect(opened(folder.path, database.url)).rejects.toMatchObject({ code: 'INSTANCE_MISSING' })
    await expect(opened(folder.path, addressOf('nowhere'))).rejects.toMatchObject(unreachable)
  })

  test('shows no password, whatever goes wrong', async () => {
    await using folder = await temporaryFolder()
    const right = addressOf('nowhere').reveal()
    const wrong = right.replace(/:[^:@]*@/, ':hunter2@')
    const addresses = [wrong, wrong.replace('127.0.0.1', '127.0.0.9'), `${wrong}?sslmode=verify-full`]

    for (const address of addresses) {
      const error: unknown = await opened(folder.path, new Secret(address)).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject(unreachable)
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter2')
    }
  })
})

describe('several nodes', () => {
  test('never give one number twice, and of runs that begin at once one does', async () => {
    await using world = await anInstance()
    await using second = await opened(world.home, world.url)
    await using third = await opened(world.home, world.url)
    const nodes = [world.catalogue, second, third] as const
    const every = <T>(count: number, work: (node: Catalogue) => Promise<T>): Promise<T>[] =>
      Array.from({ length: count }, (_, index) => work(nodes[index % 3] ?? second))

    const numbers = await Promise.all(every(60, (node) => node.bundles.nextSequence()))
    const started = await Promise.allSettled(every(12, (node) => node.runs.start(now, process.pid)))

    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1))
    const runs = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(runs).toEqual([1])
  })

  test('add what belongs together without losing what the others add', async () => {
    await using world = await anInstance()
    await using second = await opened(world.home, world.url)
    const put = (node: Catalogue, secret: string) =>
      node.credentials.put(aCredential('1', { secret: new Secret(secret), history: [] }))

    await Promise.all(
      Array.from({ length: 20 }, (_, n) => put(n % 2 === 0 ? world.catalogue : second, `value ${n}`)),
    )

    const { secret, history } = await second.credentials.get('1')
    const all = [secret?.reveal(), ...history.map((former) => former.secret.reveal())]
    expect(all.toSorted()).toEqual(Array.from({ length: 20 }, (_, n) => `value ${n}`).toSorted())
  })
})

describe('a node that stands still within a transaction', () => {
  test.runIf(process.env['SLOW'] !== undefined)(
    'holds the others up for half a minute, and has done nothing',
    { timeout: 120_000 },
    async () => {
      await using world = await anInstance()
      await using second = await opened(world.home, world.url)
      const goOn = Promise.withResolvers<undefined>()
      const begun = Promise.withResolvers<undefined>()
      const still = world.catalogue.credentials.atomically(async (inside) => {
        await inside.put(aCredential('1'))
        begun.resolve(undefined)
        await goOn.promise
        await inside.put(aCredential('2'))
      })
      await begun.promise

      expect(await second.bundles.nextSequence()).toBe(1)
      goOn.resolve(undefined)

      await expect(still).rejects.toMatchObject(unreachable)
      expect(await second.credentials.list()).toEqual([])
    },
  )
})

describe('a connection that is lost', () => {
  test('is made again, for what is read and for what is written', async () => {
    await using world = await anInstance()
    await world.catalogue.bundles.nextSequence()

    for (let round = 2; round < 6; round++) {
      world.database.sql(endOthers)
      expect(await world.catalogue.runs.list(1)).toEqual([])
      world.database.sql(endOthers)
      expect(await world.catalogue.bundles.nextSequence()).toBe(round)
      world.database.sql(endOthers)
      await world.catalogue.ledgers.append('d', [{ sequence: round, line: 'x' }])
    }
  })

  test.each([
    ['the answer to the commit', 'down', 'COMMIT'],
    ['the commit itself', 'up', 'commit'],
    ['the beginning', 'up', 'begin'],
  ] as const)('with %s loses nothing, and does nothing twice', async (_, way, word) => {
    await using world = await anInstance()
    await using proxy = await startProxy(Number(new URL(world.url.reveal()).port))
    await using node = await opened(world.home, world.through(proxy))
    expect(await node.bundles.nextSequence()).toBe(1)
    let isArmed = true
    proxy.meddle = (direction, bytes) => {
      if (!isArmed || direction !== way || !bytes.includes(word)) return bytes
      isArmed = false
      return 'cut'
    }

    expect(await node.bundles.nextSequence()).toBe(2)
    isArmed = true
    const run = await node.runs.start(now, process.pid)

    expect(proxy.cuts()).toBe(2)
    expect(await world.catalogue.bundles.nextSequence()).toBe(3)
    expect((await world.catalogue.runs.list(9)).map(({ id }) => id)).toEqual([run])
  })
})

describe('a run of which the server does not say whether it has begun', () => {
  test('is ended as lost, and what was due is begun again', async () => {
    await using world = await anInstance()
    await using proxy = await startProxy(Number(new URL(world.url.reveal()).port))
    await using node = await opened(world.home, world.through(proxy))
    const plan = planAt(now)
    await world.catalogue.plans.add(plan)
    let isArmed = true
    proxy.meddle = (way, bytes) => {
      if (way === 'down' && isArmed && bytes.includes('COMMIT')) {
        isArmed = false
        return 'cut'
      }
      // Nor what became of the commit.
      return !isArmed && way === 'up' && bytes.includes('pg_xact_status') ? 'cut' : bytes
    }

    await expect(node.plans.claim(plan.id, now, now, process.pid)).rejects.toMatchObject(unreachable)
    proxy.meddle = meddleNot
    expect(await world.catalogue.runs.count()).toMatchObject({ running: 1 })
    await node.runs.endUntold()

    expect(await node.runs.count()).toMatchObject({ running: 0, lost: 1 })
    expect(await node.plans.claim(plan.id, now, now, process.pid)).toBe(2)
    await node.runs.endUntold()
    expect(await node.runs.count()).toMatchObject({ running: 1, lost: 1 })
  })
})

describe('a presence', () => {
  test('is kept when the server answers a renewal with silence', async () => {
    await using world = await anInstance()
    await using proxy = await startProxy(Number(new URL(world.url.reveal()).port))
    await using node = await opened(world.home, world.through(proxy), 5000)
    let swallowed = 0
    proxy.meddle = (way, bytes) => {
      if (way !== 'up' || swallowed > 0 || !bytes.includes('update presence')) return bytes
      swallowed += 1
      return Buffer.alloc(0)
    }

    await wait(6000)

    expect(swallowed).toBe(1)
    await node.presence.whenGood(AbortSignal.timeout(5000))
    expect(await node.bundles.nextSequence()).toBe(1)
  })

  test('is kept while another that was stopped in the midst of writing keeps all others from it', async () => {
    await using world = await anInstance()
    await using node = await opened(world.home, world.url, 5000)
    await using stopped = await aWriter(world.url)
    world.database.sql(`insert into presence (host, process_id, process_identity, since, expires_at_ms)
      values ('x', 1, 'x', 'x', 0)`)

    // Nobody is taken away in the first five seconds of a server.
    await wait(10_000)

    expect(node.presence.lost.aborted).toBe(false)
    await node.presence.whenGood(AbortSignal.timeout(5000))
    await stopped.end()
    expect(await node.bundles.nextSequence()).toBe(1)
  })
})

describe('a server on another machine', () => {
  test('is spoken to when it is the one that its certificate names, and no other', async () => {
    await using folder = await temporaryFolder()
    const { ca, server: certificate } = await privateAuthority()
    await using server = await startPostgresql('hunter2', certificate)
    await writeFile(join(folder.path, 'ca.pem'), ca)
    const at = (host: string, query: string) =>
      new Secret(`postgres://postgres:hunter2@${host}:${server.port}/postgres?${query}`)
    const trusted = `sslrootcert=${join(folder.path, 'ca.pem')}`
    const speak = (url: Secret) => opened(folder.path, url).catch((error: unknown) => error)

    // There is no instance: then it was spoken to.
    const answered = { code: 'INSTANCE_MISSING' }
    expect(await speak(at('127.0.0.1', `sslmode=verify-full&${trusted}`))).toMatchObject(answered)
    expect(await speak(at('localhost', `sslmode=verify-full&${trusted}`))).toMatchObject(unreachable)
    expect(await speak(at('localhost', `sslmode=verify-ca&${trusted}`))).toMatchObject(answered)
    expect(await speak(at('127.0.0.1', 'sslmode=verify-full'))).toMatchObject(unreachable)
    expect(await speak(at('127.0.0.1', 'sslmode=require'))).toMatchObject(answered)
  })

  test('has a certificate of which it is known when it expires, unless nobody holds the server to it', async () => {
    await using folder = await temporaryFolder()
    const { ca, server: certificate } = await privateAuthority()
    await using server = await startPostgresql('hunter2', certificate)
    await writeFile(join(folder.path, 'ca.pem'), ca)
    const shownAt = async (query: string) => {
      const address = `postgres://postgres:hunter2@127.0.0.1:${server.port}/postgres?${query}`
      const engine = postgresqlEngine(new Secret(address))
      const db = engine.open()
      await engine.hasTable(db, 'instance')
      await db.destroy()
      return engine.shown?.()
    }

    const { validToDate: until, fingerprint256: fingerprint } = new X509Certificate(certificate.cert)
    expect(await shownAt(`sslmode=verify-full&sslrootcert=${join(folder.path, 'ca.pem')}`)).toMatchObject({
      ...{ until, fingerprint, place: `127.0.0.1:${server.port}` },
    })
    expect(await shownAt('sslmode=require')).toBeUndefined()
  })

  test('that speaks no TLS is not spoken to in the clear', async () => {
    await using folder = await temporaryFolder()
    const url = new Secret(`${addressOf('postgres').reveal()}?sslmode=require`)

    await expect(opened(folder.path, url)).rejects.toMatchObject(unreachable)
  })
})

describe('a catalogue that is moved from its file', () => {
  test('is all there, goes on with its numbers, and is moved once', async () => {
    await using folder = await temporaryFolder()
    await using database = await aCatalogueDatabase()
    const home = join(folder.path, 'home')
    const instance = await createInstance(home, 'x', clock)
    const before = await opened(home)
    const attachments = [attachmentOfBytes('large', seededBytes(1, 700_000))]
    for (let n = 0; n < 120; n++)
      await before.credentials.put(aCredential(`${n}`, n < 118 ? {} : { attachments }))
    const run = await before.runs.start(now, process.pid)
    await before.runs.finish(run, { kind: 'done', finishedAt: now })
    await before.audit.append({ at: now, actor: 'root', action: 'a', subject: 's', detail: '' })
    const expected = await allOf(before)
    await expect(moveToPostgresql(home, database.url, clock)).rejects.toMatchObject({ code: 'FILE_FAILED' })
    await before.close()
    const redoma = redomaAt(home, undefined, '', { DATABASE_URL: database.url.reveal() })

    expect(await redoma.run(['init', '--move'])).toMatchObject({ code: 0 })

    expect((await readdir(home)).toSorted()).toEqual([
      'catalogue.postgresql',
      'catalogue.sqlite.moved',
      'instance.key',
    ])
    await using after = await opened(home, database.url)
    expect(after.instance).toEqual(instance)
    expect(await allOf(after)).toEqual(expected)
    expect(await after.runs.start(now, process.pid)).toBe(run + 1)
    await after.audit.append({ at: now, actor: 'root', action: 'b', subject: 's', detail: '' })
    expect(await redoma.run(['init', '--move'])).toMatchObject({ code: 1 })
  })

  test('stays where it is when the database has one', async () => {
    await using world = await anInstance()
    const home = join(world.home, 'other')
    await createInstance(home, 'other', clock)

    await expect(moveToPostgresql(home, world.url, clock)).rejects.toMatchObject(existing)

    await using catalogue = await opened(home)
    expect(catalogue.instance.name).toBe('other')
  })
})

describe('the copy in a system backup', () => {
  test('is all that an instance is rebuilt from, without a server', async () => {
    await using world = await anInstance()
    await using rebuilt = await temporaryFolder()
    const { catalogue } = world
    const attachments = [attachmentOfBytes('large', seededBytes(1, 700_000))]
    for (let n = 0; n < 120; n++)
      await catalogue.credentials.put(aCredential(`${n}`, n < 118 ? {} : { attachments }))
    const run = await catalogue.runs.start(now, process.pid)
    await catalogue.runs.finish(run, { kind: 'done', finishedAt: now })
    await catalogue.ledgers.append('d', [{ sequence: 1, line: 'one' }])
    await catalogue.audit.append({ at: now, actor: 'root', action: 'a', subject: 's', detail: '' })

    await catalogue.copyTo(join(rebuilt.path, 'catalogue.sqlite'))
    await copyFile(join(world.home, 'instance.key'), join(rebuilt.path, 'instance.key'))

    await using again = await opened(rebuilt.path)
    expect(await allOf(again)).toEqual(await allOf(catalogue))
    const [last] = (await again.credentials.get('119')).attachments
    if (last === undefined) throw new Error('unreachable')
    expect(Buffer.from(await collectBytes(last.open(), 2 ** 20))).toEqual(
      Buffer.from(seededBytes(1, 700_000)),
    )
    expect(await again.runs.start(now, process.pid)).toBe(run + 1)
  })
})

const existing = { code: 'INSTANCE_EXISTS' }
const unreachable = { code: 'CATALOGUE_UNREACHABLE' }
const endOthers = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`

async function anInstance() {
  const folder = await temporaryFolder()
  const database = await aCatalogueDatabase()
  await createInstance(folder.path, 'test', clock, { database: database.url })
  const catalogue = await opened(folder.path, database.url)
  return {
    home: folder.path,
    url: database.url,
    database,
    catalogue,
    through({ port }: Proxy): Secret {
      const url = new URL(database.url.reveal())
      url.port = String(port)
      return new Secret(url.href)
    },
    async [Symbol.asyncDispose]() {
      await catalogue.close()
      await database[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** @param believedMs of a node whose presence counts: by the real clock */
async function opened(
  home: string,
  database?: Secret,
  believedMs?: number,
): Promise<Catalogue & AsyncDisposable> {
  const real = believedMs === undefined ? { clock } : { clock: { now: () => new Date() }, believedMs }
  const catalogue = await openCatalogue({ home, database, ...real })
  return Object.assign(catalogue, { [Symbol.asyncDispose]: () => catalogue.close() })
}

/** Has the writers' lock, and goes no further. */
async function aWriter(url: Secret) {
  const client = new pg.Client({ connectionString: url.reveal() })
  await client.connect()
  await client.query('begin; select pg_advisory_xact_lock(125779802287457)')
  let hasEnded = false
  const end = async (): Promise<void> => {
    if (!hasEnded) await client.end()
    hasEnded = true
  }
  return { end, [Symbol.asyncDispose]: end }
}

function planAt(createdAt: Date): Plan {
  return {
    ...{ id: randomUUID(), name: 'often', isEnabled: true, jobs: ['system'], sources: [], destinations: [] },
    schedule: { cron: '* * * * *', timeZone: 'UTC', jitterSeconds: 0, windows: [], leastSecondsBetween: 0 },
    ...{ hooks: {}, createdAt, activeSince: createdAt },
  }
}

async function allOf(one: Catalogue) {
  return {
    instance: one.instance,
    signingKey: (await one.signingKey()).reveal(),
    credentials: (await Array.fromAsync(one.credentials.records())).map(encodeCredential),
    summaries: await one.credentials.list(),
    runs: await one.runs.list(9),
    lines: await one.ledgers.lines('d'),
    audit: await one.audit.list(9),
  }
}
