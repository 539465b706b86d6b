import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mariadbTarget } from '../../src/sources/database/mariadb.ts'
import { type MariadbServer, mariadbMissing, startMariadb } from '../support/databases/mariadb.ts'
import { type PostgresqlServer, postgresqlMissing, startPostgresql } from '../support/databases/postgresql.ts'
import { programMissing } from '../support/programs.ts'
import { passwordOf } from '../support/protected-tree.ts'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'
import { whatOthersSee } from '../support/what-others-see.ts'

/** All that option files, pgpass and shells take for something else. */
const password = String.raw`p:a\s"s'w o#r$d=%ü;&!`
const accounts = 200
const total = accounts * 1000

/** Money goes from one account to another all the time: what is of one moment has all of it. */
const sumOf = 'SELECT sum(balance) FROM account'

describe.skipIf(postgresqlMissing() || programMissing('restic'))('a PostgreSQL server as a source', () => {
  let server: PostgresqlServer
  let fresh: PostgresqlServer
  let world: World
  const stack = new AsyncDisposableStack()
  beforeAll(async () => {
    ;[server, fresh] = await Promise.all([startPostgresql(password), startPostgresql(password)])
    stack.use(server)
    stack.use(fresh)
    world = stack.use(await aWorld())
    await server.sql('CREATE DATABASE "shop of/Zoë"')
    await server.sql('CREATE ROLE "clerk of Zoë" LOGIN')
    await server.sql(
      `CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL);
       INSERT INTO account SELECT n, 1000 FROM generate_series(1, ${accounts}) n;
       CREATE TABLE filling AS SELECT n, md5(n::text) AS text FROM generate_series(1, 60000) n;
       CREATE PROCEDURE move(a int, b int) LANGUAGE plpgsql AS $$ BEGIN
         UPDATE account SET balance = balance - 7 WHERE id = a; PERFORM pg_sleep(0.001);
         UPDATE account SET balance = balance + 7 WHERE id = b; END $$`,
      'shop of/Zoë',
    )
  }, 120_000)
  afterAll(() => stack.disposeAsync())

  test('is refused where it cannot be reached, lets nobody in, or has no such database', async () => {
    const add = ['source', 'add', 'refused', '--postgresql']
    const nobody = await world.redoma.run([...add, '127.0.0.1:1'])
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringMatching(/refused/i) as string })
    const stranger = await world.redoma.run([...add, `127.0.0.1:${server.port}`])
    expect(stranger.stderr).toMatch(/password/)
    expect(stranger.stderr).toContain('--credential TITLE')
    expect((await world.redoma.run(['source', 'list'])).stdout).not.toContain('refused')
  })

  test('is dumped as of one moment while it is written to, and its password is seen nowhere', async () => {
    await world.must(['credential', 'add', 'Database', '--secret-file', '-'], `${password}\n`)
    await world.must([
      'source',
      'add',
      'db',
      '--postgresql',
      `127.0.0.1:${server.port}`,
      '--credential',
      'Database',
    ])
    await using load = writing((n) =>
      server.sql(`CALL move(${1 + (n % 100)}, ${101 + (n % 100)})`, 'shop of/Zoë'),
    )

    const { code, seen } = await world.watched(['backup', 'create', '--only', 'system'])

    expect(load.writes()).toBeGreaterThan(10)
    expect(code).toBe(0)
    expect(seen.some((text) => text.includes('pg_dump'))).toBe(true)
    for (const text of seen) expect(text).not.toContain(password)
    expect(world.redoma.printed()).not.toContain(password)
    expect(await world.restic('check', '--read-data')).toContain('no errors were found')
    const listed = await world.redoma.run(['backup', 'ls', 'latest:/db', '--source', 'db'])
    expect(listed.stdout).toContain('/db/shop of%2FZoë.dump')
    const globals = await world.redoma.run(['backup', 'cat', 'latest:/db/globals.sql', '--source', 'db'])
    expect(globals.stdout).toContain('CREATE ROLE "clerk of Zoë"')
  }, 60_000)

  test('comes back into a fresh server, whole', async () => {
    const add = [
      'source',
      'add',
      'fresh',
      '--postgresql',
      `127.0.0.1:${fresh.port}`,
      '--credential',
      'Database',
    ]
    await world.must(add)
    const into = ['restore', 'latest:/db/shop of%2FZoë.dump', '--into', 'shop "2"', '--server', 'fresh']

    const planned = await world.redoma.run([...into, '--dry-run'])
    expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining('Would restore') as string })
    expect(await fresh.sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'shop%'")).toBe('0')
    await world.must(into)

    expect(await fresh.sql(sumOf, 'shop "2"')).toBe(`${total}`)
    expect(await fresh.sql('SELECT count(*) FROM filling', 'shop "2"')).toBe('60000')
    const again = await world.redoma.run(into)
    expect(again).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is there, and not empty') as string,
    })
  }, 60_000)

  test('costs little where little changed', async () => {
    await server.sql('UPDATE filling SET text = text WHERE n = 1', 'shop of/Zoë')
    const { stdout } = await world.redoma.run(['backup', 'create', '--only', 'system', '--json'])
    const { parts } = JSON.parse(stdout) as {
      parts: { source: string; figures: { bytes: number; bytesStored: number } }[]
    }
    const figures = parts.find(({ source }) => source === 'db')?.figures
    expect(figures?.bytes).toBeGreaterThan(2_000_000)
    expect(figures?.bytesStored).toBeLessThan((figures?.bytes ?? 0) / 2)
  })

  test('whose dump is cut off is no snapshot, and the run says why', async () => {
    const before = await snapshotsOf(world, 'db')
    await server.sql(
      'CREATE TABLE slow AS SELECT n, repeat(md5(n::text), 40) AS text FROM generate_series(1, 60000) n',
      'shop of/Zoë',
    )
    const { child, ended } = world.redoma.start(['backup', 'create', '--only', 'system'])
    const ofDump = "application_name = 'redoma' AND query LIKE 'COPY%slow%'"
    const cut = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE ${ofDump}`
    while (child.exitCode === null && (await server.sql(cut)) === '0');
    const { code, stdout, stderr } = await ended

    expect(code).toBe(1)
    expect(stdout + stderr).toMatch(/pg_dump: .*(terminating connection|server closed)/)
    expect(await snapshotsOf(world, 'db')).toEqual(before)
    await world.must(['backup', 'create', '--only', 'system'])
    expect((await snapshotsOf(world, 'db')).length).toBe(before.length + 1)
  }, 60_000)
})

describe.skipIf(mariadbMissing())('a MariaDB server as a source', () => {
  let server: MariadbServer
  let world: World
  const stack = new AsyncDisposableStack()
  beforeAll(async () => {
    server = stack.use(await startMariadb())
    world = stack.use(await aWorld())
    await server.sql('CREATE DATABASE `shop-Zoë`')
    await server.sql(
      `CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL) ENGINE=InnoDB;
       INSERT INTO account SELECT seq, 1000 FROM seq_1_to_${accounts};
       CREATE TABLE filling ENGINE=InnoDB AS SELECT seq AS n, md5(seq) AS text, unhex(md5(seq)) AS bin FROM seq_1_to_60000`,
      'shop-Zoë',
    )
    const quoted = password.replace(/[\\']/g, '\\$&')
    await server.sql(
      `CREATE USER backup@'127.0.0.1' IDENTIFIED BY '${quoted}'; GRANT ALL ON *.* TO backup@'127.0.0.1'`,
    )
  }, 120_000)
  afterAll(() => stack.disposeAsync())

  test('is dumped as of one moment while it is written to, and comes back', async () => {
    await world.must(['credential', 'add', 'Database', '--secret-file', '-'], `${password}\n`)
    const at = ['--mariadb', `127.0.0.1:${server.port}`, '--user', 'backup', '--credential', 'Database']
    await world.must(['source', 'add', 'maria', ...at])
    {
      await using load = writing((n) =>
        server.sql(
          `START TRANSACTION; UPDATE account SET balance = balance - 7 WHERE id = ${1 + (n % 100)};
           UPDATE account SET balance = balance + 7 WHERE id = ${101 + (n % 100)}; COMMIT`,
          'shop-Zoë',
        ),
      )
      const { code, seen } = await world.watched(['backup', 'create', '--only', 'system'])
      expect(load.writes()).toBeGreaterThan(10)
      expect(code).toBe(0)
      for (const text of seen) expect(text).not.toContain(password)
    }

    await world.must(['restore', 'latest', '--source', 'maria', '--into', 'shop back`'])

    expect(await server.sql(sumOf, 'shop back`')).toBe(`${total}`)
    const digest = 'SELECT count(*), bit_xor(crc32(concat(n, text, hex(bin)))) FROM filling'
    expect(await server.sql(digest, 'shop back`')).toBe(await server.sql(digest, 'shop-Zoë'))
    const users = await world.redoma.run([
      'backup',
      'cat',
      'latest:/maria/mysql-users.grants',
      '--source',
      'maria',
    ])
    expect(users.stdout).toMatch(/CREATE USER `backup`/)
  }, 60_000)

  test('is not led to run a program by what a dump says, and leaves no half of a database', async () => {
    const target = mariadbTarget(
      { kind: 'mariadb', host: server.socket, user: 'root', accounts: false },
      () => Promise.reject(new Error('no password is needed')),
    )
    const planted = world.at('planted')
    const lines = [
      'CREATE TABLE one (a int);',
      `\\! touch ${planted}`,
      `system touch ${planted}`,
      'nonsense;',
    ]
    const content = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from(lines.join('\n'))
    }

    const { signal } = new AbortController()
    await expect(target.restore('hostile', content(), signal)).rejects.toMatchObject({
      code: 'SOURCE_UNREADABLE',
    })

    expect(existsSync(planted)).toBe(false)
    expect(await server.sql("SHOW DATABASES LIKE 'hostile'")).toBe('')
    // Where a failure could not be undone, nothing is begun.
    await server.sql('CREATE DATABASE waiting')
    await expect(target.restore('waiting', content(), signal)).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    })
    expect(await server.sql('SHOW TABLES', 'waiting')).toBe('')
    await server.sql('DROP DATABASE waiting')
  })

  test('has a file for each database, whatever they are called', async () => {
    const names = ['mysql-users', 'globals', 'users']
    for (const name of names) await server.sql(`CREATE DATABASE \`${name}\``)
    await world.must(['source', 'add', 'names', '--mariadb', server.socket])
    await world.must(['backup', 'create', '--only', 'system'])
    const { stdout } = await world.redoma.run(['backup', 'ls', 'latest:/names', '--source', 'names'])
    for (const name of names) {
      expect(stdout).toContain(`/names/${name}.sql`)
      await world.must(['restore', `latest:/names/${name}.sql`, '--into', `${name} again`])
      await server.sql(`DROP DATABASE \`${name}\``)
    }
    expect(stdout).toContain('/names/mysql-users.grants')
    await world.must(['source', 'remove', 'names', '--yes'])
  }, 60_000)

  test('at its socket needs no password, and a database that is gone fails the run', async () => {
    await server.sql('CREATE DATABASE passing')
    await world.must([
      'source',
      'add',
      'one',
      '--mariadb',
      server.socket,
      '--database',
      'passing',
      '--no-accounts',
    ])
    await server.sql('DROP DATABASE passing')
    const { code, stdout, stderr } = await world.redoma.run(['backup', 'create', '--only', 'system'])
    expect(code).toBe(1)
    expect(stdout + stderr).toMatch(/mariadb-dump: .*Unknown database 'passing'/)
  }, 60_000)
})

describe('a database of SQLite as a source', () => {
  test('is copied as of one moment while it is written to, and comes back as a new file', async () => {
    await using world = await aWorld()
    const path = world.at('live.sqlite')
    using live = new DatabaseSync(path)
    live.exec('PRAGMA journal_mode = WAL; CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER)')
    for (let n = 1; n <= accounts; n++) live.exec(`INSERT INTO account VALUES (${n}, 1000)`)
    // More pages than a copy in steps takes at once: such a one begins anew with each write.
    live.exec(`CREATE TABLE filling AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      SELECT i, hex(randomblob(500)) AS text FROM n`)
    const leftBehind = world.at('home', 'run', 'sqlite')
    await mkdir(leftBehind, { recursive: true })
    await writeFile(join(leftBehind, '1-of-a-run-that-was-killed'), 'secret')
    await world.must(['source', 'add', 'lite', '--sqlite', path])
    await using load = writing(async (n) => {
      live.exec(`BEGIN; UPDATE account SET balance = balance - 7 WHERE id = ${1 + (n % 100)};
        UPDATE account SET balance = balance + 7 WHERE id = ${101 + (n % 100)}; COMMIT`)
      await pause(1)
    })

    await world.must(['backup', 'create', '--only', 'system'])
    expect(load.writes()).toBeGreaterThan(10)
    expect(existsSync(leftBehind) ? readdirSync(leftBehind) : []).toEqual([])
    await world.must(['restore', 'latest', '--source', 'lite', '--into', world.at('back.sqlite')])

    using back = new DatabaseSync(world.at('back.sqlite'), { readOnly: true })
    expect(back.prepare('SELECT sum(balance) AS sum FROM account').get()).toEqual({ sum: total })
    const again = await world.redoma.run(['restore', 'latest', '--source', 'lite', '--into', path])
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') as string })
    for (const foreign of [['--include', 'x'], ['--delete'], ['--overwrite', 'never'], ['--to', '/tmp']]) {
      const words = ['restore', 'latest', '--source', 'lite', '--into', world.at('other.sqlite'), ...foreign]
      expect(await world.redoma.run(words)).toMatchObject({ code: 2 })
    }
    const without = await world.redoma.run(['restore', 'latest', '--to', world.at('out'), '--server', 'lite'])
    expect(without.code).toBe(2)
  }, 60_000)
})

interface World extends AsyncDisposable {
  readonly redoma: Redoma
  at(...names: string[]): string
  must(words: readonly string[], input?: string): Promise<void>
  /** With all that others on the machine could see of it meanwhile. */
  watched(
    words: readonly string[],
  ): Promise<{ readonly code: number | null; readonly seen: readonly string[] }>
  restic(...words: readonly string[]): Promise<string>
}

/** An instance with one destination. */
async function aWorld(): Promise<World> {
  const folder: TemporaryFolder = await temporaryFolder()
  const at = (...names: string[]): string => join(folder.path, ...names)
  const redoma = redomaAt(at('home'))
  const world: World = {
    redoma,
    at,
    async must(words, input) {
      const { code, stdout, stderr } = await redoma.run(words, input)
      expect({ words, code, said: code === 0 ? '' : stdout + stderr }).toEqual({ words, code: 0, said: '' })
    },
    async watched(words) {
      const { child, ended } = redoma.start(words)
      const seen: string[] = []
      while (child.exitCode === null) {
        seen.push(...whatOthersSee(child.pid))
        await pause(5)
      }
      return { code: (await ended).code, seen }
    },
    async restic(...words) {
      const env = { PATH: process.env['PATH'], RESTIC_PASSWORD: await passwordOf(at('home')) }
      const always = ['--no-cache', '--no-lock', '--repo', at('nas', 'system')]
      return execFileSync('restic', [...always, ...words], { env, encoding: 'utf8' })
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
  await mkdir(at('nas'))
  await writeFile(at('password'), 'seldom-Quartz 71 anvil_harbour\n', { mode: 0o600 })
  await world.must(['init', '--name', 'bastion-1'])
  await world.must(['destination', 'add', 'nas', '--local', at('nas')])
  return world
}

async function snapshotsOf(world: World, source: string): Promise<readonly string[]> {
  const { stdout } = await world.redoma.run(['backup', 'snapshots', '--source', source, '--json'])
  return (JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)
}

/** Writes until it is disposed of. */
function writing(
  write: (n: number) => Promise<unknown>,
): AsyncDisposable & { readonly writes: () => number } {
  const stop = new AbortController()
  let writes = 0
  const done = (async () => {
    while (!stop.signal.aborted) await write(writes++)
  })()
  return {
    writes: () => writes,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
    },
  }
}
