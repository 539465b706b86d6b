import { randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, readlinkSync } from 'node:fs'
import { chmod, chown, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { handTurnedClock } from '../../test/support/clock.ts'
import { onPostgresql } from '../../test/support/databases/catalogue-database.ts'
import {
  anInstance,
  everythingOnDisk,
  openedAgain,
  alterCatalogue as raw,
} from '../../test/support/instance.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { isRedomaError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import type { DestinationRecord, RunPart } from '../ports/catalogue.ts'
import { createInstance } from './create-instance.ts'
import { openCatalogue } from './open-catalogue.ts'

const clock = handTurnedClock()
const now = clock.now()

describe.skipIf(onPostgresql)('createInstance', () => {
  test('makes a folder, a key and a catalogue that only their owner can read', async () => {
    await using folder = await temporaryFolder()
    const home = join(folder.path, 'deep', 'home')

    const instance = await createInstance(home, 'bastion', clock)

    const modes = await Promise.all(
      ['.', 'instance.key', 'catalogue.sqlite'].map(
        async (name) => (await stat(join(home, name))).mode & 0o777,
      ),
    )
    expect(modes).toEqual([0o700, 0o600, 0o600])
    expect(await readdir(home)).toEqual(['catalogue.sqlite', 'instance.key'])
    await using catalogue = await opened(home)
    expect(catalogue.instance).toEqual(instance)
    expect((await catalogue.signingKey()).reveal()).toContain('PRIVATE KEY')
  })

  test('leaves an instance that is there alone', async () => {
    await using folder = await temporaryFolder()
    await createInstance(folder.path, 'first', clock)

    await expect(createInstance(folder.path, 'second', clock)).rejects.toMatchObject({
      code: 'INSTANCE_EXISTS',
    })

    await using catalogue = await opened(folder.path)
    expect(catalogue.instance.name).toBe('first')
  })

  test('goes on where an earlier one was cut off, and never replaces a key', async () => {
    await using folder = await temporaryFolder()
    const key = randomBytes(32)
    await writeFile(join(folder.path, 'instance.key'), key, { mode: 0o600 })
    await writeFile(join(folder.path, `catalogue.sqlite.${randomUUID()}.new`), 'half')

    await createInstance(folder.path, 'again', clock)

    expect(await readFile(join(folder.path, 'instance.key'))).toEqual(key)
    await using catalogue = await opened(folder.path)
    expect(catalogue.instance.name).toBe('again')
  })

  /** Only root can make what belongs to others. */
  test.skipIf(process.geteuid?.() !== 0)(
    'takes no folder and no key that another user put there',
    async () => {
      await using folder = await temporaryFolder()
      const key = join(folder.path, 'instance.key')
      await writeFile(key, randomBytes(32), { mode: 0o600 })
      const nobody = 65534

      await chown(key, nobody, nobody)
      await expect(createInstance(folder.path, 'a', clock)).rejects.toMatchObject({
        code: 'INSTANCE_KEY_WRONG',
      })
      await rm(key)
      await chown(folder.path, nobody, nobody)
      await expect(createInstance(folder.path, 'a', clock)).rejects.toMatchObject({ code: 'FILE_FAILED' })

      expect(await readdir(folder.path)).toEqual([])
    },
  )

  test('lets one of two that begin at once win', async () => {
    await using folder = await temporaryFolder()

    const results = await Promise.allSettled(
      ['a', 'b'].map((name) => createInstance(folder.path, name, clock)),
    )

    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    const failed = results.find((result) => result.status === 'rejected')
    expect(isRedomaError(failed?.reason, 'INSTANCE_EXISTS')).toBe(true)
  })
})

describe.skipIf(onPostgresql)('openCatalogue', () => {
  test('says that there is no instance', async () => {
    await using folder = await temporaryFolder()

    await expect(openCatalogue({ home: folder.path, clock })).rejects.toMatchObject({
      code: 'INSTANCE_MISSING',
    })
  })

  test.each([
    ['is missing', (key: string) => rm(key)],
    ['is another', (key: string) => writeFile(key, randomBytes(32))],
    ['is cut off', (key: string) => writeFile(key, randomBytes(31))],
    ['has something behind it', (key: string) => writeFile(key, randomBytes(33))],
    ['can be read by others', (key: string) => chmod(key, 0o644)],
  ])('says so, with a hint, when the key %s', async (_, spoil) => {
    await using folder = await temporaryFolder()
    await createInstance(folder.path, 'x', clock)
    await spoil(join(folder.path, 'instance.key'))

    const opening = openCatalogue({ home: folder.path, clock })

    await expect(opening).rejects.toMatchObject({
      code: 'INSTANCE_KEY_WRONG',
      hint: expect.any(String) as string,
    })
  })

  test('says that the catalogue is damaged when it is no database', async () => {
    await using folder = await temporaryFolder()
    await createInstance(folder.path, 'x', clock)
    await writeFile(join(folder.path, 'catalogue.sqlite'), 'x'.repeat(8192))

    await expect(openCatalogue({ home: folder.path, clock })).rejects.toMatchObject({
      code: 'CATALOGUE_DAMAGED',
    })
  })

  test('takes over what an older program left: its bundles, and of destinations which runs were before them, by their times', async () => {
    await using folder = await temporaryFolder()
    await createInstance(folder.path, 'x', clock)
    await using catalogue = await opened(folder.path)
    for (const name of ['first', 'second']) await catalogue.destinations.add(aDestination(name))
    raw(
      folder.path,
      `alter table destination drop column runs_before;
       alter table destination drop column repository_id;
       alter table destination drop column repository_key;
       drop table settled_miss;
       alter table instance drop column appliance;
       drop table destination_state;
       drop table destination_change;
       drop table generation;
       drop table guardian; drop table share_keeper; drop table drill; drop table drill_question; drop table share_proof;
       alter table instance drop column drill_days;
       create table generation (number integer, profile text, recipient text, fingerprint text, held_at text, identity_file blob not null);
       insert into generation values (1, 'classic', 'age1qqq', '${'a'.repeat(64)}', '2025-01-01T00:00:00.000Z', x'0102');
       drop table bundle_content;
       drop table opening;
       drop table settled_exposure;
       drop table bundle_retention; drop table second_person; drop table identity_provider; drop table approval; drop table verification; drop table routine; drop table guardian_reminder; drop table owed_hook; drop table channel_failure; drop table seen_certificate; drop table restore;
       drop table scope;
       drop table timestamping;
       drop table channel;
       alter table audit_entry drop column link;
       drop table presence; alter table lease drop column token;
       drop table incident; drop table notice; drop table notice_channel; drop table notice_outcome;
       drop index audit_entry_action_id; drop index run_plan_id_id; drop index run_plan_id_started_at; drop table plan; drop index run_of_plan; alter table run drop column plan_id; alter table run drop column due_at; alter table run drop column remarks; alter table run drop column cancelled_by;
       drop table pass; drop table api_user;
       drop table published_bundle;
       create table bundle (sequence integer, name text, sha256 text, bytes integer, credentials integer, created_at text);
       insert into bundle values (7, 'secrets/x-7.age', 'a', 1, 2, '2026-01-02T00:00:00.000Z');
       drop table idempotency_key; drop index credential_search_words;
       alter table credential drop column search_words; alter table credential drop column revision;
       drop index run_state_id; drop index run_started_at; drop index run_part_destination_job_source_run_id;
       drop index run_part_destination_run_id; drop index run_part_source_run_id; drop index credential_folder_title_id;
       drop index credential_title_id; drop index credential_changed_at_id; drop index recording_copy_sealed_at_destination_id_recording_id;
       delete from migration where number >= 5;
       update destination set created_at = '2026-01-02T00:00:00.000Z' where name = 'second';
       update destination set created_at = '2025-01-01T00:00:00.000Z' where name = 'first';
       insert into run (id, started_at, process_id, state) values
         (3, '2026-01-01T00:00:00.000Z', 1, 'done'), (4, '2026-01-03T00:00:00.000Z', 1, 'done')`,
    )

    await using reopened = await opened(folder.path)

    const destinations = await reopened.destinations.list()
    expect(destinations.map(({ runsBefore }) => runsBefore)).toEqual([0, 3])
    const [generation] = await reopened.generations.list()
    expect(generation).toMatchObject({ number: 1, passwordFile: Uint8Array.of(1, 2), quorum: undefined })
    expect(await reopened.bundles.latest()).toMatchObject({ scope: '', sequence: 7, credentials: 2 })
  })

  test('refuses a catalogue that a newer program wrote', async () => {
    await using folder = await temporaryFolder()
    await createInstance(folder.path, 'x', clock)
    raw(folder.path, "insert into migration values (1000, 'future', '2030-01-01')")

    await expect(openCatalogue({ home: folder.path, clock })).rejects.toMatchObject({
      code: 'FORMAT_UNKNOWN',
    })
  })
})

describe('the catalogue', () => {
  test('keeps channels, with their rules and the id of their credential', async () => {
    await using instance = await anInstance()
    const { channels } = instance.catalogue
    const spec = {
      kind: 'webhook',
      url: 'https://chat.example/{secret}',
      preset: 'slack',
      caFile: undefined,
    } as const
    const plain = {
      id: '0b1f4f5e-6f0a-4a53-9d0a-5b3f0f6e1c11',
      name: 'chat',
      spec,
      leastSeverity: 'warning',
      digestMinutes: 0,
      createdAt: now,
    } as const
    const quietHours = { from: '22:00', to: '07:00', zone: 'Europe/Lisbon' }
    const credential = '6f1f4f5e-6f0a-4a53-9d0a-5b3f0f6e1c22'
    const full = { ...plain, name: 'team', credential, quietHours, digestMinutes: 30 }

    await channels.add(plain)
    expect(await channels.get('chat')).toEqual(plain)
    await expect(channels.add({ ...full, name: 'chat' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    await channels.replace(full)
    expect(await channels.list()).toEqual([full])
    await channels.remove('team')
    await expect(channels.remove('team')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(channels.replace(full)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('keeps sources under their names', async () => {
    await using instance = await anInstance()
    const source = { name: 'etc', spec: filesSpec, createdAt: now }

    await instance.catalogue.sources.add(source)

    expect(await instance.catalogue.sources.get('etc')).toEqual(source)
    await expect(instance.catalogue.sources.add(source)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    await instance.catalogue.sources.replace({ ...source, spec: { kind: 'command', argv: ['/bin/true'] } })
    expect(await instance.catalogue.sources.list()).toMatchObject([{ spec: { kind: 'command' } }])
    await instance.catalogue.sources.remove('etc')
    await expect(instance.catalogue.sources.remove('etc')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('keeps destinations by id, so that one can be renamed, with their passwords sealed', async () => {
    await using instance = await anInstance()
    const destination = aDestination('nas')
    await instance.catalogue.destinations.add(destination)

    await instance.catalogue.destinations.replace({ ...destination, name: 'vault' })

    const renamed = await instance.catalogue.destinations.get('vault')
    expect(renamed).toMatchObject({ id: destination.id, spec: destination.spec })
    expect(renamed.repositoryPassword.reveal()).toBe('password of nas')
    expect(await everythingOnDisk(instance.home)).not.toContain('password of nas')
  })

  test('remembers the first repository of a destination, and takes another one for it only on purpose', async () => {
    await using instance = await anInstance()
    const { destinations, readings, runs } = instance.catalogue
    const [first, second] = ['1', '2'].map((digit) => ({ id: digit.repeat(64), key: `a${digit}`.repeat(32) }))
    if (first === undefined || second === undefined) throw new Error('unreachable')
    const { id, ...nas } = aDestination('nas')
    await destinations.add({ ...nas, id })
    const reading = { slice: 7, readAt: now, isDamaged: false }
    await readings.record(id, [reading])

    await destinations.rememberRepository(id, first)
    await destinations.rememberRepository(id, second)
    const known = { repositoryId: first.id, repositoryKey: first.key, runsBefore: nas.runsBefore }
    expect(await destinations.get('nas')).toMatchObject(known)
    await destinations.rememberRepository(id, { ...first, key: second.key })
    expect(await destinations.get('nas')).toMatchObject({ ...known, repositoryKey: second.key })

    const run = await runs.start(now, process.pid)
    await runs.addPart(run, { ...aPart, outcome: { kind: 'done' } })
    await destinations.acceptRepository(id, second)
    const accepted = await destinations.get('nas')

    expect(accepted).toMatchObject({ repositoryId: second.id, repositoryKey: second.key, runsBefore: run })
    expect(await runs.newestSnapshots(accepted, new Set())).toEqual([])
    expect(await readings.list(id)).toEqual([])
  })

  test('refuses the sealed password of another destination', async () => {
    await using instance = await anInstance()
    await instance.catalogue.destinations.add(aDestination('a'))
    await instance.catalogue.destinations.add(aDestination('b'))

    raw(
      instance.home,
      `update destination set sealed_repository_password =
        (select sealed_repository_password from destination where name = 'a') where name = 'b'`,
    )

    await expect(instance.catalogue.destinations.get('b')).rejects.toMatchObject({
      code: 'INSTANCE_KEY_WRONG',
    })
  })

  test('knows the newest generation of the recovery key', async () => {
    await using instance = await anInstance()
    const first = {
      number: 1,
      profile: 'classic' as const,
      recipient: 'age1qqq',
      fingerprint: 'a'.repeat(64),
      passwordFile: Uint8Array.of(1, 2, 3),
      heldAt: now,
    }
    expect(await instance.catalogue.generations.current()).toBeUndefined()

    await instance.catalogue.generations.add(first)
    await instance.catalogue.generations.add({ ...first, number: 2 })

    expect(await instance.catalogue.generations.current()).toEqual({ ...first, number: 2 })
    expect((await instance.catalogue.generations.list()).map(({ number }) => number)).toEqual([2, 1])
  })

  test('knows of a recovery key by what it is opened, and refuses one that nothing opens', async () => {
    await using instance = await anInstance()
    const quorum = { identityFile: Uint8Array.of(1), shareList: Uint8Array.of(2) }
    const base = { profile: 'pq', recipient: 'age1pq1q', fingerprint: 'b'.repeat(64), heldAt: now } as const
    await instance.catalogue.generations.add({ ...base, number: 1, quorum })
    await instance.catalogue.generations.add({ ...base, number: 2, quorum, passwordFile: Uint8Array.of(3) })

    expect(await instance.catalogue.generations.list()).toEqual([
      { ...base, number: 2, quorum, passwordFile: Uint8Array.of(3) },
      { ...base, number: 1, quorum, passwordFile: undefined },
    ])

    raw(instance.home, 'update generation set quorum_file = null where number = 1')
    await expect(instance.catalogue.generations.list()).rejects.toMatchObject({ code: 'CATALOGUE_DAMAGED' })
  })

  test('keeps runs with their parts, newest first', async () => {
    await using instance = await anInstance()
    const { runs } = instance.catalogue
    const id = await runs.start(now, process.pid)
    await runs.addPart(id, aPart)
    expect((await runs.get(id)).state).toEqual({ kind: 'running' })

    await runs.finish(id, { kind: 'done', finishedAt: now })

    expect(await runs.get(id)).toEqual({
      id,
      startedAt: now,
      remarks: [],
      processId: process.pid,
      state: { kind: 'done', finishedAt: now },
      parts: [aPart],
    })
    const second = await runs.start(now, process.pid)
    expect((await runs.list(10)).map((run) => run.id)).toEqual([second, id])
    await expect(runs.get(99)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('knows the newest snapshot of each source at a destination, however many runs ago it was made', async () => {
    await using instance = await anInstance()
    const { runs } = instance.catalogue
    const made = async (source: string, product: string, destination = 'nas') => {
      const run = await runs.start(now, process.pid)
      await runs.addPart(run, { ...aPart, job: 'system', source, destination, product })
      await runs.finish(run, { kind: 'done', finishedAt: now })
      return run
    }
    const first = await made('etc', 'a')
    const second = await made('etc', 'b')
    await made('etc', 'c', 'vault')
    for (let n = 0; n < 120; n++)
      await runs.finish(await runs.start(now, process.pid), { kind: 'failed', finishedAt: now })
    const last = await made('home', 'd')

    const at = { name: 'nas', runsBefore: 0 }
    const newestOfHome = { source: 'home', id: 'd', run: last }
    expect(await runs.newestSnapshots(at, new Set())).toEqual([
      newestOfHome,
      { source: 'etc', id: 'b', run: second },
    ])
    expect(await runs.newestSnapshots(at, new Set(['b']))).toEqual([
      newestOfHome,
      { source: 'etc', id: 'a', run: first },
    ])
    expect(await runs.newestSnapshots({ ...at, runsBefore: second }, new Set())).toEqual([newestOfHome])
    expect(await runs.madeSnapshots()).toEqual(new Set(['a', 'b', 'c', 'd']))
  })

  test('calls a run lost whose process is gone, or whose number another process has now', async () => {
    await using instance = await anInstance()
    const { runs } = instance.catalogue
    const gone = await runs.start(now, 4_194_304)
    const another = await runs.start(now, process.pid)
    raw(instance.home, `update run set process_identity = 'another boot/1' where id = ${another}`)

    const states = [await runs.get(gone), await runs.get(another)].map((run) => run.state.kind)

    expect(states).toEqual(['lost', 'lost'])
  })

  test('refuses a second run while one is under way, also of two that start at once', async () => {
    await using instance = await anInstance()
    await using beside = await opened(instance.home)
    const start = (catalogue: typeof instance.catalogue): Promise<number> =>
      catalogue.runs.start(now, process.pid)

    const both = await Promise.allSettled([start(instance.catalogue), start(beside)])

    const [started] = both.filter((one) => one.status === 'fulfilled')
    const [refused] = both.filter((one) => one.status === 'rejected')
    expect(refused?.reason).toMatchObject({ code: 'RUN_UNDER_WAY' })
    await instance.catalogue.runs.finish(started?.value ?? 0, { kind: 'done', finishedAt: now })
    expect(await start(beside)).toBeGreaterThan(0)
  })

  test('takes in what another process made of the instance, and goes no further when that is newer', async () => {
    await using instance = await anInstance()
    await using second = await opened(instance.home)
    await second.setAppliance(true)
    expect(instance.catalogue.instance.isAppliance).toBe(false)

    await instance.catalogue.refresh()
    expect(instance.catalogue.instance.isAppliance).toBe(true)

    raw(instance.home, `insert into migration values (9999, 'later', '${now.toISOString()}')`)
    await expect(instance.catalogue.refresh()).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
  })

  test('never gives a bundle number twice', async () => {
    await using instance = await anInstance()
    await using second = await opened(instance.home)

    const numbers = [
      await instance.catalogue.bundles.nextSequence(),
      await second.bundles.nextSequence(),
      await instance.catalogue.bundles.nextSequence(),
    ]

    expect(numbers).toEqual([1, 2, 3])
    const bundle = {
      scope: '',
      sequence: 3,
      name: 'b',
      sha256: 'a',
      bytes: 1,
      credentials: 2,
      createdAt: now,
    }
    await instance.catalogue.bundles.add(bundle, [])
    expect(await second.bundles.latest()).toEqual(bundle)
  })

  test('knows what was sealed where, and replaces what was sealed anew', async () => {
    await using instance = await anInstance()
    const copy = {
      destinationId: 'd',
      source: 's',
      recordingId: 'r',
      folder: 'recordings/2026/03/01/r',
      fingerprint: 'f',
      sealedAt: now,
      sha256: 'a',
      bytes: 5,
      generation: 1,
      summary: { format: 'asciicast', seconds: 2.5 },
    }
    await instance.catalogue.recordings.add(copy)

    await instance.catalogue.recordings.add({ ...copy, fingerprint: 'g' })

    expect(await instance.catalogue.recordings.list('d')).toEqual([{ ...copy, fingerprint: 'g' }])
    expect(await instance.catalogue.recordings.list('other')).toEqual([])
  })

  test('remembers ledgers line by line, all of an appended list or nothing', async () => {
    await using instance = await anInstance()
    const { ledgers } = instance.catalogue
    await ledgers.append('d', [{ sequence: 1, line: 'one' }])

    const twice = ledgers.append('d', [
      { sequence: 2, line: 'two' },
      { sequence: 1, line: 'again' },
    ])

    await expect(twice).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await ledgers.lines('d')).toEqual([{ sequence: 1, line: 'one' }])
    expect(await ledgers.acknowledged('d')).toBe(0)
    await ledgers.acknowledge('d', 1)
    expect(await ledgers.acknowledged('d')).toBe(1)
  })

  test.each([
    ['audit_entry', 'detail'],
    ['ledger_line', 'line'],
  ])('only adds to %s', async (table, column) => {
    await using instance = await anInstance()
    const { audit, ledgers } = instance.catalogue
    const entry = { at: now, actor: 'root', action: 'credential.add', subject: 'x', detail: '' }
    await audit.append(entry)
    await ledgers.append('d', [{ sequence: 1, line: 'one' }])

    expect(() => {
      raw(instance.home, `delete from ${table}`)
    }).toThrow('only added to')
    expect(() => {
      raw(instance.home, `update ${table} set ${column} = ''`)
    }).toThrow('only added to')
    expect(await audit.list(5)).toEqual([entry])
  })

  test('copies itself to a new file that only its owner can read', async () => {
    await using instance = await anInstance()
    await instance.catalogue.sources.add({ name: 'etc', spec: filesSpec, createdAt: now })
    const path = join(instance.home, 'copy.sqlite')

    await instance.catalogue.copyTo(path)

    const copy = new DatabaseSync(path, { readOnly: true })
    expect(copy.prepare('select name from source').all()).toEqual([{ name: 'etc' }])
    copy.close()
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await expect(instance.catalogue.copyTo(path)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  })

  test.skipIf(onPostgresql)(
    'has no file open any more when it is closed, whatever was done with it',
    async () => {
      await using instance = await anInstance()
      const idle = await opened(instance.home)
      const used = await opened(instance.home)
      await Array.fromAsync(used.credentials.records())
      await instance.catalogue.close()
      expect(filesOpenIn(instance.home).length).toBeGreaterThan(0)

      for (const catalogue of [idle, used]) await catalogue.close()

      expect(filesOpenIn(instance.home)).toEqual([])
    },
  )

  test('says that a row is damaged which is not what it should be', async () => {
    await using instance = await anInstance()
    await instance.catalogue.sources.add({ name: 'etc', spec: filesSpec, createdAt: now })
    raw(instance.home, `update source set spec = '{"kind":"files","paths":["../etc"]}'`)

    await expect(instance.catalogue.sources.list()).rejects.toMatchObject({ code: 'CATALOGUE_DAMAGED' })
  })
})

const filesSpec = {
  kind: 'files',
  paths: ['/etc'],
  exclude: [],
  excludeCaches: true,
  oneFileSystem: false,
} as const

const aPart: RunPart = {
  job: 'system',
  source: 'etc',
  destination: 'nas',
  outcome: { kind: 'failed', failure: { code: 'DESTINATION_FULL', message: 'full', hint: 'free some' } },
  figures: { items: 3, itemsNew: 1, bytes: 10, bytesStored: 4 },
  product: 'abc',
  startedAt: now,
  finishedAt: now,
}

function aDestination(name: string): DestinationRecord {
  return {
    id: randomUUID(),
    name,
    spec: { kind: 'local', path: '/srv/copies' },
    repositoryPassword: new Secret(`password of ${name}`),
    createdAt: now,
    runsBefore: 7,
  }
}

const opened = (home: string) => openedAgain(home, clock)

function filesOpenIn(home: string): string[] {
  const paths = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      return [] // The listing's own is closed by now.
    }
  })
  return paths.filter((path) => path.startsWith(`${home}/`))
}
