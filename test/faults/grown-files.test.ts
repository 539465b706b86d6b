import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
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

/** Of the process, all of it. The most that was measured is 540 MiB, of an index that ends where the longest may. */
const boundBytes = 640 * 1024 * 1024
const grownBytes = 8 * 1024 ** 3
const bombBytes = 512 * 1024 ** 2
const commands = ['check', 'restore', 'backup', 'prune'] as const

/** `told`: done, and the file is named among the problems. `untold`: done, as if nothing were. A code: an error with it that names the file. */
type Ending = 'told' | 'untold' | 'REPOSITORY_DAMAGED' | 'REPOSITORY_LOCKED'

interface Damage {
  /** Returns the name of the file. */
  readonly make: (world: World) => Promise<string>
  readonly endings: Readonly<Record<Order['command'], Ending>>
  /** What is said to do, by the hint of the error, or of the problem that a check tells of. */
  readonly hint: Partial<Record<Order['command'], string>>
}

const repairIndex = 'redoma backup repair index'
const repairPacks = 'redoma backup repair packs'
const another = 'from another copy'
const damaged = 'REPOSITORY_DAMAGED'
const locked = 'REPOSITORY_LOCKED'
const allOf = <T>(value: T) => ({ check: value, restore: value, backup: value, prune: value })

const damages: Readonly<Record<string, Damage>> = {
  'a grown index': {
    make: (world) => grow(world, 'index'),
    endings: { ...allOf(damaged), check: 'told' },
    hint: allOf(repairIndex),
  },
  'a grown snapshot': {
    make: (world) => grow(world, 'snapshots'),
    endings: { ...allOf(damaged), check: 'told', backup: 'told' },
    hint: { check: another, restore: another, prune: 'if you have one' },
  },
  'a grown pack': {
    make: (world) => grow(world, 'data'),
    endings: { check: 'told', restore: 'untold', backup: 'untold', prune: damaged },
    hint: { check: repairPacks, prune: repairPacks },
  },
  'a grown key': {
    make: (world) => grow(world, 'keys'),
    endings: allOf(damaged),
    hint: allOf(another),
  },
  'a grown configuration': {
    make: (world) => grow(world, 'config'),
    endings: allOf(damaged),
    hint: allOf(another),
  },
  'a grown lock': {
    make: async (world) => {
      const name = `locks/${'ab'.repeat(32)}`
      await writeFile(join(world.at, name), '')
      await truncate(join(world.at, name), grownBytes)
      return name
    },
    endings: allOf(locked),
    hint: allOf('redoma backup unlock --all'),
  },
  'an index that becomes half a gigabyte': {
    make: (world) => putBomb(world, 'index'),
    endings: { ...allOf(damaged), check: 'told' },
    hint: allOf(repairIndex),
  },
  'a snapshot that becomes half a gigabyte': {
    make: (world) => putBomb(world, 'snapshots'),
    endings: { check: 'told', restore: 'untold', backup: 'told', prune: damaged },
    hint: { prune: 'if you have one' },
  },
}

const cases = Object.entries(damages).flatMap(([what, damage]) =>
  commands.map((command) => ({ what, damage, command, ending: damage.endings[command] })),
)

test.each(cases)('$what: a $command in bounded memory is $ending', async ({ damage, command, ending }) => {
  await using world = await aWorld()
  const name = await damage.make(world)

  const { error, problems, peakBytes } = await carryOut(world, command)

  const id = (name.split('/').at(-1) ?? name).slice(0, 8)
  const hint = damage.hint[command] ?? ''
  const naming = expect.stringContaining(id) as string
  const hinting = expect.stringContaining(hint) as string
  const isDone = ending === 'told' || ending === 'untold'
  expect(error).toEqual(isDone ? undefined : { code: ending, message: naming, hint: hinting })
  if (ending !== 'told') expect(problems).toEqual([])
  else expect(problems.some((problem) => problem.includes(id) && problem.includes(hint))).toBe(true)
  expect(peakBytes).toBeLessThan(boundBytes)
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
