import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeAddDestination } from '../../src/app/add-destination.ts'
import { makeBackUpSystem } from '../../src/app/back-up-system.ts'
import { makeListSnapshots, makeRestoreSystem, type RestoredSystem } from '../../src/app/restore-system.ts'
import { type Target, targetOf } from '../../src/app/target.ts'
import { type DataToVerify, makeVerifyBackup, type Verification } from '../../src/app/verify-backup.ts'
import { makeWhileLeased } from '../../src/app/while-leased.ts'
import { createInstance } from '../../src/catalogue/create-instance.ts'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { Secret } from '../../src/core/secret.ts'
import { wait } from '../../src/core/wait.ts'
import { loadFileCalls, loadPrimitives } from '../../src/crypto/native.ts'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import { ownMachine } from '../../src/destinations/own-machine/own-machine.ts'
import type { Catalogue, DestinationRecord, RunPart } from '../../src/ports/catalogue.ts'
import { noProgress } from '../../src/ports/progress.ts'
import { collectEnvironment } from '../../src/sources/environment/collect-environment.ts'
import { type HandTurnedClock, handTurnedClock } from '../support/clock.ts'
import { noDatabases } from '../support/no-databases.ts'
import { joinNothing, reachFolders, targetAt } from '../support/target-at.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()

const hourMs = 60 * 60_000

interface SetUp extends AsyncDisposable {
  readonly catalogue: Catalogue
  readonly files: string
  readonly copies: string
  readonly target: Target
  readonly clock: HandTurnedClock
  /** What was put at the destination, in this order. */
  readonly puts: readonly string[]
  backUp(): Promise<readonly RunPart[]>
  /** The destination is removed, and added under the same name; backups go to it from then on. */
  addAnew(): Promise<void>
  restore(source: string, path?: string): Promise<RestoredSystem>
  verify(readData: DataToVerify['kind']): Promise<readonly Verification[]>
  snapshots(): Promise<readonly { readonly tags?: readonly string[] | undefined }[]>
}

/** An instance with one source `files` below which both its own folder and the destination lie. */
async function setUp(): Promise<SetUp> {
  const folder = await temporaryFolder()
  const [files, home, copies] = ['', 'redoma', 'copies'].map((name) => join(folder.path, 'files', name))
  if (files === undefined || home === undefined || copies === undefined) throw new Error('unreachable')
  await mkdir(copies, { recursive: true })
  await writeFile(join(files, 'letter.txt'), 'dear operator')
  await symlink('letter.txt', join(files, 'link'))
  const clock = handTurnedClock()
  await createInstance(home, 'test', clock)
  const catalogue = await openCatalogue({ home, clock })
  const record = {
    id: '3c7f6a52-5b0e-4a53-9e0c-6a3f1b2c4d5e',
    name: 'copies',
    spec: { kind: 'local', path: copies },
    repositoryPassword: new Secret('a password of a test'),
    createdAt: clock.now(),
    runsBefore: 0,
  } as const
  await catalogue.destinations.add(record)
  const spec = {
    kind: 'files',
    paths: [files],
    exclude: [],
    excludeCaches: false,
    oneFileSystem: false,
  } as const
  await catalogue.sources.add({ name: 'files', spec, createdAt: clock.now() })
  const local = localDestination(copies, clock)
  const puts: string[] = []
  const destination: typeof local = {
    ...local,
    put(name, ...rest) {
      puts.push(name)
      return local.put(name, ...rest)
    },
  }
  const engine = { clock, primitives: loadPrimitives(), fileCalls: loadFileCalls() }
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const leasing = { catalogue, clock, log, processId: process.pid, patienceMs: 0, wait }
  const whileLeased = makeWhileLeased(leasing)
  const who = { hostname: 'bastion', username: 'root' }
  const reachPlace = reachFolders(clock)
  const reach = (of: DestinationRecord): Promise<Target> => targetOf(of, reachPlace)
  const deps = { ...engine, ...who, catalogue, log, collectEnvironment, home, whileLeased, reach }
  let target = targetAt(record, destination)
  const access = { destination, prefix: 'system/', password: record.repositoryPassword }
  return {
    catalogue,
    files,
    copies,
    target,
    clock,
    puts,
    async addAnew() {
      await catalogue.destinations.remove('copies')
      const add = makeAddDestination({
        catalogue,
        clock,
        actor: 'root',
        home,
        joinRepository: joinNothing,
        reach: reachPlace,
        machine: ownMachine(),
        remarksOn: async () => [],
      })
      target = targetAt((await add('copies', record.spec, undefined, signal)).record, destination)
    },
    async backUp() {
      clock.advance(60_000)
      const run = await catalogue.runs.start(clock.now(), process.pid)
      const parts = await makeBackUpSystem({ ...deps, databaseSource: noDatabases })(
        run,
        [target],
        noProgress,
        signal,
      )
      for (const part of parts) await catalogue.runs.addPart(run, part)
      await catalogue.runs.finish(run, { kind: 'done', finishedAt: clock.now() })
      expect(await readdir(join(home, 'run'))).toEqual([])
      return parts
    },
    restore: (source, path) => {
      const all = { include: [], exclude: [], dryRun: false, target: join(folder.path, 'back') }
      return makeRestoreSystem(engine)(
        access,
        { ...all, snapshot: 'latest', source, path },
        noProgress,
        signal,
      )
    },
    verify: (kind) => {
      clock.advance(60_000)
      const verifyGlass = () => Promise.resolve({ objects: 0, bytes: 0, findings: [], notes: [] })
      return makeVerifyBackup({ ...engine, catalogue, verifyGlass })(
        [target],
        { readData: kind === 'rotating' ? { kind, parts: 2 } : ({ kind } as DataToVerify), how: {} },
        noProgress,
        signal,
      )
    },
    snapshots: async () => (await makeListSnapshots(engine)(access, signal)).snapshots,
    async [Symbol.asyncDispose]() {
      await catalogue.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

describe('the system job', () => {
  test('makes one snapshot a source, and one of the instance', async () => {
    await using set = await setUp()

    const parts = await set.backUp()

    expect(parts.map(({ source, outcome }) => [source, outcome])).toEqual([
      ['files', { kind: 'done' }],
      ['instance', { kind: 'done' }],
    ])
    expect((await set.snapshots()).map(({ tags }) => tags).toSorted()).toEqual([
      ['redoma', 'source:files'],
      ['redoma', 'source:instance'],
    ])
  })

  test('leaves the destination and its own folder out of a source that holds them', async () => {
    await using set = await setUp()

    const [files] = await set.backUp()

    expect(files?.figures).toMatchObject({ items: 1, bytes: 'dear operator'.length })
  })

  test('keeps what has the name of such a folder below another path of the source', async () => {
    await using set = await setUp()
    const { catalogue } = set
    const other = join(set.copies, '..', '..', 'other')
    for (const name of ['copies', 'redoma']) {
      await mkdir(join(other, name), { recursive: true })
      await writeFile(join(other, name, 'precious'), 'x')
    }
    const [source] = await catalogue.sources.list()
    if (source?.spec.kind !== 'files') throw new Error('unreachable')
    const spec = { ...source.spec, paths: [...source.spec.paths, other] }
    await catalogue.sources.add({ ...source, name: 'two', spec })

    const parts = await set.backUp()

    const two = parts.find((part) => part.source === 'two')
    expect(two?.figures).toMatchObject({ items: 3, bytes: 'dear operator'.length + 2 })
  })

  test('reads nothing twice that has not changed', async () => {
    await using set = await setUp()
    await set.backUp()

    const [files] = await set.backUp()

    expect(files?.figures).toMatchObject({ items: 1, itemsNew: 0 })
  })

  test('does not begin again where a repository was lost, and says what to do', async () => {
    await using set = await setUp()
    await set.backUp()
    await rename(join(set.copies, 'system'), join(set.copies, 'elsewhere'))

    const parts = await set.backUp()

    const failures = parts.map(({ outcome }) => (outcome.kind === 'failed' ? outcome.failure : undefined))
    expect(failures.map((failure) => failure?.code)).toEqual(['REPOSITORY_MISSING', 'REPOSITORY_MISSING'])
    await expect(stat(join(set.copies, 'system', 'config'))).rejects.toThrow()
  })

  test('nor after many runs that failed, and a verification misses what was there before them', async () => {
    await using set = await setUp()
    await set.backUp()
    await rename(join(set.copies, 'system'), join(set.copies, 'elsewhere'))
    for (let n = 0; n < 150; n++) {
      const run = await set.catalogue.runs.start(set.clock.now(), process.pid)
      await set.catalogue.runs.finish(run, { kind: 'failed', finishedAt: set.clock.now() })
    }

    const parts = await set.backUp()

    expect(parts[0]?.outcome).toMatchObject({ kind: 'failed', failure: { code: 'REPOSITORY_MISSING' } })
    await expect(stat(join(set.copies, 'system', 'config'))).rejects.toThrow()
    await rename(join(set.copies, 'elsewhere'), join(set.copies, 'system'))
    for (const name of await readdir(join(set.copies, 'system', 'snapshots'))) {
      await rm(join(set.copies, 'system', 'snapshots', name))
    }
    const verified = await set.verify('none')
    expect(verified.map(({ outcome }) => outcome.kind)).toContain('wrong')
  })

  test('nor where the clock was set back after the destination was added', async () => {
    await using set = await setUp()
    set.clock.advance(-hourMs)
    await set.backUp()
    await rename(join(set.copies, 'system'), join(set.copies, 'elsewhere'))

    const parts = await set.backUp()

    expect(parts.map(({ outcome }) => outcome)).toMatchObject([
      { kind: 'failed', failure: { code: 'REPOSITORY_MISSING' } },
      { kind: 'failed', failure: { code: 'REPOSITORY_MISSING' } },
    ])
  })

  test('begins a repository at a destination that was added anew, though the clock was set back', async () => {
    await using set = await setUp()
    await set.backUp()
    await rm(join(set.copies, 'system'), { recursive: true })
    set.clock.advance(-hourMs)
    await set.addAnew()

    const parts = await set.backUp()

    expect(parts.map(({ outcome }) => outcome.kind)).toEqual(['done', 'done'])
  })

  test('fails the parts of a destination that is not there, and no more', async () => {
    await using set = await setUp()
    await rm(set.copies, { recursive: true })

    const parts = await set.backUp()

    expect(parts.map(({ outcome }) => outcome)).toMatchObject([
      { kind: 'failed', failure: { code: 'DESTINATION_UNREACHABLE' } },
      { kind: 'failed', failure: { code: 'DESTINATION_UNREACHABLE' } },
    ])
  })

  test('restores a source, and the catalogue and the facts of the machine', async () => {
    await using set = await setUp()
    await set.backUp()

    const files = await set.restore('files', set.files)
    const instance = await set.restore('instance')

    expect([files.problems, instance.problems]).toEqual([[], []])
    const back = await readdir(join(set.files, '..', 'back'), { recursive: true })
    const names = back.map((name) => name.split('/').at(-1))
    for (const name of ['letter.txt', 'link', 'catalogue.sqlite', 'environment.json'])
      expect(names).toContain(name)
  })

  test('verifies what is whole, and names the pack in which a byte was flipped', async () => {
    await using set = await setUp()
    await set.backUp()
    const whole = await set.verify('all')
    const [pack = ''] = (await readdir(join(set.copies, 'system/data'), { recursive: true })).filter(
      (name) => name.length > 60,
    )
    const path = join(set.copies, 'system/data', pack)
    await chmod(path, 0o600)
    const bytes = await readFile(path)
    bytes[40] = (bytes[40] ?? 0) ^ 1
    await writeFile(path, bytes)

    const damaged = await set.verify('all')

    expect(whole.map(({ outcome }) => outcome.kind)).toEqual(['verified', 'verified'])
    const [, repository] = damaged
    const findings = repository?.outcome.kind === 'wrong' ? repository.outcome.findings : []
    expect(findings.map(({ object }) => object).join()).toContain(pack.slice(3))
  })

  test.each([
    ['', 0],
    [', and the clock too', -hourMs],
  ])('finds a repository that was set back to an earlier state%s', async (_what, setBackMs) => {
    await using set = await setUp()
    set.clock.advance(setBackMs)
    await set.backUp()
    await cp(join(set.copies, 'system'), join(set.copies, 'earlier'), { recursive: true })
    await set.backUp()
    await rm(join(set.copies, 'system'), { recursive: true })
    await rename(join(set.copies, 'earlier'), join(set.copies, 'system'))

    const [, repository] = await set.verify('none')

    const findings = repository?.outcome.kind === 'wrong' ? repository.outcome.findings : []
    expect(findings.map(({ message }) => message)).toEqual([
      'the newest snapshot of files, which run 2 made, is gone',
      'the newest snapshot of instance, which run 2 made, is gone',
    ])
  })

  test('reads all in rotation, remembers what was read, and does not turn away from damage', async () => {
    await using set = await setUp()
    await set.backUp()
    const rotate = async () => (await set.verify('rotating')).at(-1)?.outcome

    expect(await rotate()).toMatchObject({
      kind: 'verified',
      notes: ['50 % of the packs were read so far: all will have been after 1 more run'],
    })
    expect(await rotate()).toMatchObject({
      kind: 'verified',
      notes: ['every pack was read since 2026-03-01'],
    })
    const packs = await readdir(join(set.copies, 'system', 'data'), { recursive: true })
    const pack = packs.find((name) => name.length > 60) ?? ''
    const path = join(set.copies, 'system', 'data', pack)
    const bytes = await readFile(path)
    await chmod(path, 0o600)
    await writeFile(path, bytes.with(40, (bytes[40] ?? 0) ^ 1))
    const kinds = []
    for (let run = 0; run < 4; run++) kinds.push((await rotate())?.kind)

    // It is found in the first half or the second, and from then on each time.
    expect(kinds.slice(1)).toEqual(['wrong', 'wrong', 'wrong'])
  })
})

test('all sources of a run are backed up under one lock', async () => {
  await using world = await setUp()
  const spec = {
    kind: 'files',
    paths: [join(world.files, 'letter.txt')],
    exclude: [],
    excludeCaches: false,
    oneFileSystem: false,
  } as const
  await world.catalogue.sources.add({ name: 'letters', spec, createdAt: world.clock.now() })

  const parts = await world.backUp()

  expect(parts.map(({ source, outcome }) => [source, outcome.kind])).toEqual([
    ['files', 'done'],
    ['letters', 'done'],
    ['instance', 'done'],
  ])
  expect(world.puts.filter((name) => name.startsWith('system/snapshots/'))).toHaveLength(3)
  expect(world.puts.filter((name) => name.startsWith('system/locks/'))).toHaveLength(1)
  const left = await readdir(join(world.copies, 'system'), { recursive: true })
  expect(left.filter((name) => name.startsWith('locks/'))).toEqual([])
})
