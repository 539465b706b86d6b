import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { openInstance } from '../../src/main/open-instance.ts'
import { readSettings } from '../../src/main/settings.ts'
import { noProgress } from '../../src/ports/progress.ts'
import { alterCatalogue } from '../support/instance.ts'
import { memoryDisk } from '../support/memory-disk.ts'
import { mountRefused } from '../support/mounting.ts'
import { toldToNobody } from '../support/notifier.ts'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { type SshServer, sshServerMissing, startSshServer } from '../support/ssh-server.ts'
import { memoryFolder, type TemporaryFolder } from '../support/temporary-folder.ts'

interface World extends AsyncDisposable {
  readonly path: string
  readonly home: string
  readonly redoma: Redoma
  /** What the command found of the destination `nas`, and its exit code. */
  command(): Promise<{ readonly code: number | null; readonly found: Found }>
  /** What so many probes in a row found, by a process that goes on: each time what it is, and what it counts as. */
  probe(times: number): Promise<string[]>
  /** `from>to` of each change that the log was told. */
  told(): Promise<string[]>
}

interface Found {
  readonly found: string
  readonly condition: string
  readonly space?: { readonly freeBytes: number }
  readonly failure?: { readonly message: string }
}

/** An instance with one destination, `nas`. */
async function aWorld(place: (path: string) => readonly string[], given?: TemporaryFolder): Promise<World> {
  const folder = given ?? (await memoryFolder())
  const home = join(folder.path, 'home')
  const redoma = redomaAt(home)
  for (const words of [['init'], ['destination', 'add', 'nas', ...place(folder.path)]])
    expect(await redoma.run(words)).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('error') as string,
    })
  const settings = readSettings({ REDOMA_HOME: home })
  const opened = await openInstance(settings, { now: () => new Date() }, () => undefined)
  return {
    path: folder.path,
    home,
    redoma,
    async command() {
      const { code, stdout, stderr } = await redoma.run(['destination', 'probe', '--json'])
      expect(stderr).toBe('')
      const [found] = JSON.parse(stdout) as [Found]
      return { code, found }
    },
    async probe(times) {
      const found: string[] = []
      for (let done = 0; done < times; done++)
        for (const probed of await opened.watchDestinations(request, new AbortController().signal))
          found.push(`${probed.found}/${probed.watch.state.condition}`)
      return found
    },
    async told() {
      const lines = (await readFile(join(home, 'log', 'backup.jsonl'), 'utf8')).trim().split('\n')
      return lines
        .map((line) => JSON.parse(line) as { event: string; from: string; to: string })
        .filter(({ event }) => event === 'destination changed')
        .map(({ from, to }) => `${from}>${to}`)
    },
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const request = { names: [], notifier: toldToNobody, progress: noProgress }

describe('the watch of a folder', () => {
  test('tells that it was moved away once, and once that it is back, and leaves nothing in it', async () => {
    await using world = await aWorld((path) => ['--local', join(path, 'nas')])
    const [nas, elsewhere] = [join(world.path, 'nas'), join(world.path, 'elsewhere')]
    expect(await world.command()).toMatchObject({ code: 0, found: { found: 'ok', condition: 'ok' } })

    await rename(nas, elsewhere)
    expect(await world.command()).toMatchObject({ code: 1, found: { found: 'lost', condition: 'ok' } })
    await rename(elsewhere, nas)
    expect(await world.probe(1)).toEqual(['ok/ok'])
    await rename(nas, elsewhere)
    expect(await world.probe(3)).toEqual(['lost/ok', 'lost/lost', 'lost/lost'])
    const { code, found } = await world.command()
    expect({ code, ...found }).toMatchObject({ code: 1, condition: 'lost' })
    expect(found.failure?.message).toContain('is not there')
    expect((await world.redoma.run(['destination', 'list'])).stdout).toContain('lost since 2')
    expect((await world.redoma.run([])).stdout).toContain('nas (lost since 2')
    await rename(elsewhere, nas)
    expect(await world.probe(3)).toEqual(['ok/lost', 'ok/ok', 'ok/ok'])

    expect(await world.told()).toEqual(['unknown>ok', 'ok>lost', 'lost>ok'])
    const left = await readdir(nas, { recursive: true, withFileTypes: true })
    expect(left.filter((entry) => !entry.isDirectory())).toEqual([])
  })

  test('by two at once tells of each change in one of them, and ends when it is told to', async () => {
    await using world = await aWorld((path) => ['--local', join(path, 'nas')])
    const [nas, elsewhere] = [join(world.path, 'nas'), join(world.path, 'elsewhere')]
    const words = ['destination', 'watch', '--every', '1s', '--json']
    const watches = [world.redoma.start(words), world.redoma.start(words)]

    await toldSoMany(world, 1)
    await rename(nas, elsewhere)
    await toldSoMany(world, 2)
    await rename(elsewhere, nas)
    await toldSoMany(world, 3)
    for (const [index, { child }] of watches.entries()) child.kill(index === 0 ? 'SIGINT' : 'SIGTERM')
    const ends = await Promise.all(watches.map(({ ended }) => ended))

    expect(ends.map(({ code }) => code)).toEqual([0, 0])
    const lines = ends.flatMap(({ stdout }) => stdout.split('\n').filter((line) => line !== ''))
    const changes = lines.map((line) => JSON.parse(line) as { id: number; from: string; to: string })
    expect(changes.toSorted((a, b) => a.id - b.id).map(({ from, to }) => `${from}>${to}`)).toEqual([
      'unknown>ok',
      'ok>lost',
      'lost>ok',
    ])
    expect(await world.told()).toHaveLength(3)
  })

  test('tells what a process that was killed could not tell any more', async () => {
    await using world = await aWorld((path) => ['--local', join(path, 'nas')])
    const program = join(import.meta.dirname, '../support/probe-and-die.ts')
    const killed = spawn(process.execPath, [program, world.home], { stdio: 'inherit' })
    expect(await once(killed, 'exit')).toEqual([null, 'SIGKILL'])
    expect(await world.told()).toEqual([])

    await world.command()

    expect(await world.told()).toEqual(['unknown>ok'])
  })

  test('removes what a probe that was killed left there, and nothing of who still probes', async () => {
    await using world = await aWorld((path) => ['--local', join(path, 'nas')])
    const killed = spawn('true')
    await once(killed, 'exit')
    const folder = join(world.path, 'nas', 'redoma-probe')
    await mkdir(folder)
    const id = idOf(world)
    for (const pid of [killed.pid, process.pid]) await writeFile(join(folder, `${id}-${pid}`), 'left')
    await writeFile(join(folder, `another-${killed.pid}`), 'of somebody else')

    await world.command()

    expect((await readdir(folder)).toSorted()).toEqual(
      [`${id}-${process.pid}`, `another-${killed.pid}`].toSorted(),
    )
  })
})

describe.skipIf(mountRefused())('the watch of a disk', () => {
  test('tells that it fills, from its room day by day too, and that there is room again', async () => {
    await using disk = await memoryDisk(64)
    await using world = await aWorld(() => ['--local', disk.path])
    const { space } = (await world.command()).found
    const freeBytes = space?.freeBytes ?? 0
    // It went down so much a day that nine days and a half are left.
    const room = [4, 3, 2, 1].map((days) => ({
      at: new Date(Date.now() - days * 24 * 60 * 60 * 1000),
      freeBytes: Math.round(freeBytes + (days * freeBytes) / 9.5),
    }))
    alterCatalogue(world.home, `update destination_state set room = '${JSON.stringify(room)}'`)

    expect(await world.command()).toMatchObject({ code: 3, found: { condition: 'nearly-full' } })
    expect((await world.redoma.run(['destination', 'list'])).stdout).toContain('full in 9 days')
    alterCatalogue(world.home, "update destination_state set room = '[]'")
    expect(await world.probe(2)).toEqual(['ok/nearly-full', 'ok/ok'])
    await writeFile(join(disk.path, 'others'), Buffer.alloc(62 * 1024 * 1024))
    expect(await world.probe(1)).toEqual(['nearly-full/nearly-full'])
    await fill(join(disk.path, 'more'))
    expect(await world.probe(2)).toEqual(['nearly-full/nearly-full', 'nearly-full/nearly-full'])
    for (const name of ['others', 'more']) await rm(join(disk.path, name))
    expect(await world.probe(2)).toEqual(['ok/nearly-full', 'ok/ok'])

    expect(await world.told()).toEqual([
      'unknown>ok',
      'ok>nearly-full',
      'nearly-full>ok',
      'ok>nearly-full',
      'nearly-full>ok',
    ])
  })

  test('tells once that it became read-only, and once that it is not any more', async () => {
    await using disk = await memoryDisk(16)
    await using world = await aWorld(() => ['--local', disk.path])
    await world.probe(1)

    disk.makeReadOnly()
    expect(await world.probe(3)).toEqual(['read-only/ok', 'read-only/read-only', 'read-only/read-only'])
    expect(await world.command()).toMatchObject({ code: 1, found: { condition: 'read-only' } })
    disk.makeWritable()
    expect(await world.probe(3)).toEqual(['ok/read-only', 'ok/ok', 'ok/ok'])

    expect(await world.told()).toEqual(['unknown>ok', 'ok>read-only', 'read-only>ok'])
  })
})

describe.skipIf(sshServerMissing())('the watch of a server', () => {
  test('tells once that it is gone, and once that it is back', async () => {
    const folder = await memoryFolder()
    await using server = await startSshServer(join(folder.path, 'home'))
    await using world = await aWorld(() => ['--rsync', urlOf(server), '--host-key', server.hostKey], folder)
    expect(await world.command()).toMatchObject({ code: 0, found: { condition: 'ok' } })
    expect(await world.probe(1)).toEqual(['ok/ok'])

    await server.stop()
    expect(await world.probe(2)).toEqual(['lost/ok', 'lost/lost'])
    await server.start()
    expect(await world.probe(2)).toEqual(['ok/lost', 'ok/ok'])

    expect(await world.told()).toEqual(['unknown>ok', 'ok>lost', 'lost>ok'])
    expect(await readdir(join(server.folder, 'pam', 'redoma-probe'))).toEqual([])
  })

  test('writes and syncs alone where nothing can be read, always the same object', async () => {
    const folder = await memoryFolder()
    await using server = await startSshServer(join(folder.path, 'home'))
    await using world = await aWorld(() => ['--rsync', urlOf(server), '--host-key', server.hostKey], folder)
    await server.allow(`/usr/bin/rrsync -wo -no-del -munge -no-lock ${server.folder}`)
    alterCatalogue(world.home, "update destination set spec = json_set(spec, '$.writeOnly', json('true'))")

    expect(await world.probe(2)).toEqual(['ok/ok', 'ok/ok'])

    const left = await readdir(join(server.folder, 'pam', 'redoma-probe'))
    expect(left).toEqual([idOf(world)])
  })
})

function urlOf(server: SshServer): string {
  const { user, host, port } = server.spec()
  return `ssh://${user}@${host}:${port}/pam`
}

function idOf({ home }: World): string {
  using database = new DatabaseSync(join(home, 'catalogue.sqlite'))
  return String(database.prepare('select id from instance').get()?.['id'])
}

/** Until nothing more goes in. */
async function fill(path: string): Promise<void> {
  const written = await writeFile(path, Buffer.alloc(8 * 1024 * 1024)).catch((error: unknown) => error)
  expect(written).toMatchObject({ code: 'ENOSPC' })
}

/** Until the log was told of so many changes. */
async function toldSoMany(world: World, changes: number): Promise<void> {
  while ((await world.told()).length < changes) await setTimeout(100)
}
