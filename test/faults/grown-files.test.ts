import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { initRepository } from '../../src/repository/open.ts'
import { aBackup, placeAt } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import type { Order, Outcome } from './growing/command.ts'

const run = promisify(execFile)
const program = new URL('./growing/command.ts', import.meta.url).pathname
const signal = new AbortController().signal
const quiet = (): void => undefined

/** Of the process, whose own part without a grown file is below 200 MiB. */
const boundBytes = 640 * 1024 * 1024
const grownBytes = 8 * 1024 ** 3
const bombBytes = 512 * 1024 ** 2
const commands = ['check', 'restore', 'backup', 'prune'] as const

const damages = {
  'a grown index': (world) => grow(world, 'index'),
  'a grown snapshot': (world) => grow(world, 'snapshots'),
  'a grown pack': (world) => grow(world, 'data'),
  'a grown key': (world) => grow(world, 'keys'),
  'a grown configuration': (world) => grow(world, 'config'),
  'a grown lock': async (world) => {
    const name = `locks/${'ab'.repeat(32)}`
    await writeFile(join(world.at, name), '')
    await truncate(join(world.at, name), grownBytes)
    return name
  },
  'an index that becomes half a gigabyte': (world) => putBomb(world, 'index'),
  'a snapshot that becomes half a gigabyte': (world) => putBomb(world, 'snapshots'),
} satisfies Record<string, (world: World) => Promise<string>>

describe.each(Object.entries(damages))('%s', (_, damage) => {
  test.each(commands)('ends a %s with an error that names it, or harms it not, in bounded memory', async (command) => {
    await using world = await aWorld()
    const name = await damage(world)

    const { error, problems, maxRssBytes } = await carryOut(world, command)

    expect(maxRssBytes).toBeLessThan(boundBytes)
    const id = (name.split('/').at(-1) ?? name).slice(0, 8)
    if (error !== undefined) {
      expect(['REPOSITORY_DAMAGED', 'REPOSITORY_LOCKED']).toContain(error.code)
      expect(error.message).toContain(id)
    } else if (command === 'check') expect(problems.join('\n')).toContain(id)
  })
})

test('a pack that grew is restored from as if it had not', async () => {
  await using world = await aWorld()
  for (const name of await filesIn(world, 'data')) await truncate(join(world.at, name), grownBytes)

  const { error, problems } = await carryOut(world, 'restore')

  expect([error, problems]).toEqual([undefined, []])
  const restored = await readFile(join(world.target, world.source, 'file'))
  expect(restored.equals(await readFile(join(world.source, 'file')))).toBe(true)
})

test('a check goes on to other files after one that grew', async () => {
  await using world = await aWorld()
  const grown = [await grow(world, 'snapshots'), await grow(world, 'data')]

  const { problems } = await carryOut(world, 'check')

  for (const name of grown) {
    const object = name.startsWith('data/') ? `data/${name.split('/').at(-1) ?? ''}` : name
    expect(problems.some((problem) => problem.startsWith(object))).toBe(true)
  }
})

test('a key file that grew keeps nobody from opening with another', async () => {
  await using world = await aWorld()
  const name = join(world.at, 'keys', '00'.repeat(32))
  await writeFile(name, '')
  await truncate(name, grownBytes)

  const { error } = await carryOut(world, 'restore')

  expect(error).toBeUndefined()
})

interface World extends AsyncDisposable {
  readonly at: string
  readonly source: string
  readonly target: string
  readonly snapshot: string
  /** Seals what nobody wrote. */
  readonly seal: (body: Uint8Array) => Uint8Array
}

async function aWorld(): Promise<World> {
  const folder = await temporaryFolder()
  const [at, source, target] = ['repository', 'source', 'target'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [at, source, target]) await mkdir(path)
  await writeFile(join(source, 'file'), seededBytes(1, 3_000_000))
  const repository = await initRepository(placeAt(at), signal)
  const { snapshotId } = await backUp(repository, aBackup([source]), quiet, signal)
  await mkdir(join(at, 'locks'), { recursive: true })
  return {
    at,
    source,
    target,
    snapshot: snapshotId,
    seal: (body) => repository.envelope.seal(body),
    [Symbol.asyncDispose]: async () => {
      repository[Symbol.dispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

async function carryOut(world: World, command: Order['command']): Promise<Outcome> {
  const { at, source, target, snapshot } = world
  const { stdout } = await run(process.execPath, [
    program,
    JSON.stringify({ at, command, source, target, snapshot } satisfies Order),
  ])
  return JSON.parse(stdout) as Outcome
}

/** Costs no room: the file gets a hole at its end. */
async function grow(world: World, kind: string): Promise<string> {
  const [name = ''] = await filesIn(world, kind)
  await truncate(join(world.at, name), grownBytes)
  return name
}

async function filesIn({ at }: World, kind: string): Promise<string[]> {
  if (kind === 'config') return [kind]
  const entries = await readdir(join(at, kind), { recursive: true })
  return entries.filter((name) => name.length >= 64).map((name) => `${kind}/${name}`)
}

async function putBomb({ at, seal }: World, kind: 'index' | 'snapshots'): Promise<string> {
  const bytes = seal(Buffer.concat([Buffer.from([2]), zstdCompressSync(Buffer.alloc(bombBytes, ' '))]))
  const name = `${kind}/${createHash('sha256').update(bytes).digest('hex')}`
  await writeFile(join(at, name), bytes)
  return name
}
