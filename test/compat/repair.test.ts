import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { checkRepository } from '../../src/repository/checking/check-repository.ts'
import { initRepository, openRepository } from '../../src/repository/open.ts'
import { repairIndex } from '../../src/repository/repairing/repair-index.ts'
import { repairPacks } from '../../src/repository/repairing/repair-packs.ts'
import { repairSnapshots } from '../../src/repository/repairing/repair-snapshots.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { programMissing } from '../support/programs.ts'
import { aBackup, placeAt, testPassword } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
const quiet = (): void => undefined
const keep = async (): Promise<string> => 'nowhere'
const asIs = { readAllPacks: false, dryRun: false }

const peers = [
  { name: 'restic of Debian', program: 'restic', missing: programMissing('restic') },
  {
    name: 'newer restic',
    program: newerProgram('restic') ?? 'restic',
    missing: newerProgram('restic') === undefined,
  },
]

interface World extends AsyncDisposable {
  readonly source: string
  readonly at: string
  readonly target: string
  readonly repository: Repository
}

/** Two snapshots of a tree: the second has one file more, and with it a pack more. */
async function aWorld(): Promise<World> {
  const folder = await temporaryFolder()
  const [source, at, target] = ['source', 'repository', 'target'].map((name) => join(folder.path, name))
  if (source === undefined || at === undefined || target === undefined) throw new Error('unreachable')
  mkdirSync(join(source, 'folder'), { recursive: true })
  mkdirSync(at)
  writeFileSync(join(source, 'large'), seededBytes(1, 3_000_000))
  writeFileSync(join(source, 'folder', 'small'), 'a small file')
  const repository = await initRepository(placeAt(at), signal)
  await backUp(repository, aBackup([source]), quiet, signal)
  writeFileSync(join(source, 'folder', 'more'), seededBytes(2, 100_000))
  await backUp(repository, aBackup([source]), quiet, signal)
  return { source, at, target, repository, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

function filesOf({ at }: World, kind: string): string[] {
  return readdirSync(join(at, kind), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.length >= 64)
    .map((name) => join(at, kind, name))
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at] = (bytes[at] ?? 0) ^ 0x10
  chmodSync(path, 0o600)
  writeFileSync(path, bytes)
}

/** The largest is the one with the chunks of `large`. */
function largestPack(world: World): string {
  const bySize = filesOf(world, 'data').toSorted((a, b) => readFileSync(b).length - readFileSync(a).length)
  return bySize[0] ?? ''
}

async function check({ at }: World): Promise<Awaited<ReturnType<typeof checkRepository>>> {
  using repository = await openRepository(placeAt(at), signal)
  return await checkRepository(repository, { readData: { kind: 'all' } }, quiet, signal)
}

describe.each(peers)('$name agrees', ({ program, missing }) => {
  const restic = ({ at }: World, ...words: string[]): string =>
    execFileSync(program, ['-r', at, '--no-cache', ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, RESTIC_PASSWORD: testPassword, TZ: 'UTC' },
    })
  const expectClean = async (world: World): Promise<void> => {
    expect((await check(world)).problems).toEqual([])
    expect(restic(world, 'check', '--read-data')).toContain('no errors were found')
  }
  const restored = (world: World): string => {
    restic(world, 'restore', 'latest', '--target', world.target)
    return join(world.target, world.source)
  }

  test.skipIf(missing)('that lost, cut and altered indexes come back out of the packs', async () => {
    await using world = await aWorld()
    const [first, ...others] = filesOf(world, 'index')
    flip(first ?? '', 30)
    for (const path of others) rmSync(path)
    expect(() => restic(world, 'check')).toThrow()
    expect((await check(world)).problems).not.toEqual([])

    const planned = await repairIndex(world.repository, { ...asIs, dryRun: true }, quiet, signal)
    expect(filesOf(world, 'index')).toEqual([first])
    const done = await repairIndex(world.repository, asIs, quiet, signal)

    expect(done).toEqual(planned)
    expect(done).toMatchObject({ damagedIndexes: [expect.any(String)], packsUnreadable: [], packsGone: [] })
    await expectClean(world)
    expect(compareTrees(world.source, restored(world))).toEqual([])
    expect(await repairIndex(world.repository, asIs, quiet, signal)).toMatchObject({
      replacedIndexes: 0,
      writtenIndexes: 0,
    })
  })

  test.skipIf(missing)('that a damaged pack is taken out, and a new backup heals what it held', async () => {
    await using world = await aWorld()
    flip(largestPack(world), 200_000)
    const { damagedPacks } = await check(world)
    expect(damagedPacks).toHaveLength(1)
    expect(() => restic(world, 'check', '--read-data')).toThrow()

    const { packs } = await repairPacks(
      world.repository,
      { packs: damagedPacks, keep, dryRun: false },
      quiet,
      signal,
    )
    expect(packs).toMatchObject([{ damaged: [{ type: 'data' }] }])
    await backUp(world.repository, aBackup([world.source]), quiet, signal)

    expect(await repairSnapshots(world.repository, { forget: false, dryRun: false }, quiet, signal)).toEqual(
      [],
    )
    await expectClean(world)
    expect(compareTrees(world.source, restored(world))).toEqual([])
  })

  test.skipIf(missing)('that snapshots are whole again without what is lost for good', async () => {
    await using world = await aWorld()
    flip(largestPack(world), 200_000)
    const { damagedPacks } = await check(world)
    await repairPacks(world.repository, { packs: damagedPacks, keep, dryRun: false }, quiet, signal)
    expect((await check(world)).problems).not.toEqual([])

    const forget = { forget: true, dryRun: false }
    const planned = await repairSnapshots(world.repository, { forget: true, dryRun: true }, quiet, signal)
    const done = await repairSnapshots(world.repository, forget, quiet, signal)

    expect(done).toHaveLength(2)
    expect(planned.map((one) => ({ ...one, id: '' }))).toEqual(done.map((one) => ({ ...one, id: '' })))
    await expectClean(world)
    expect(filesOf(world, 'snapshots')).toHaveLength(2)
    const back = restored(world)
    const kept = readFileSync(join(back, 'large.repaired')).length
    const [loss] = done[0]?.kind === 'repaired' ? done[0].losses : []
    expect(existsSync(join(back, 'large'))).toBe(false)
    expect(loss?.bytesLost).toBe(3_000_000 - kept)
    expect(compareTrees(join(world.source, 'folder'), join(back, 'folder'))).toEqual([])
  })

  test.skipIf(missing)('that packs which are gone cost what was in them, and no more', async () => {
    await using world = await aWorld()
    rmSync(largestPack(world))
    expect(() => restic(world, 'check')).toThrow()

    const index = await repairIndex(world.repository, asIs, quiet, signal)
    const repaired = await repairSnapshots(world.repository, { forget: true, dryRun: false }, quiet, signal)

    expect(index.packsGone).toHaveLength(1)
    expect(repaired).toHaveLength(2)
    await expectClean(world)
  })
})
