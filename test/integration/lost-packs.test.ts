import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import type { BackupResult } from '../../src/repository/archiving/request.ts'
import { loadIndex } from '../../src/repository/blob-index/load-index.ts'
import { copySnapshots } from '../../src/repository/copying/copy-snapshots.ts'
import { whileLocked } from '../../src/repository/locks/while-locked.ts'
import { initRepository } from '../../src/repository/open.ts'
import { repairIndex } from '../../src/repository/repairing/repair-index.ts'
import type { Repository, RepositoryEvent } from '../../src/repository/repository.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { makeDifficultTree } from '../support/difficult-tree.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { programMissing } from '../support/programs.ts'
import { aBackup, aRestore, placeAt } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { stockRestic } from '../support/stock-restic.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined

interface SetUp extends AsyncDisposable {
  readonly folder: string
  readonly source: string
  readonly at: string
  readonly repository: Repository
  again(): Promise<BackupResult>
  /** Of packs with blobs of that type. */
  packs(type: 'data' | 'tree'): Promise<string[]>
  /** What differs when it is restored. */
  differences(snapshot: string): Promise<string[]>
}

/** A repository with one backup. */
async function setUp(): Promise<SetUp> {
  const folder = await temporaryFolder()
  const [source, at] = [join(folder.path, 'source'), join(folder.path, 'repository')]
  mkdirSync(at)
  await makeDifficultTree(source)
  writeFileSync(join(source, 'large'), seededBytes(3, 5_000_000))
  const repository = await initRepository(placeAt(at), signal)
  const again = (): Promise<BackupResult> =>
    backUp(repository, aBackup([source], { workers: 1 }), quiet, signal)
  await again()
  return {
    ...{ folder: folder.path, source, at, repository, again },
    async packs(type) {
      const { blobs, packs } = await loadIndex(repository, signal)
      const entries = Array.from({ length: blobs.count }, (_, number) => blobs.entryAt(number))
      const numbers = entries.flatMap((entry) => (entry?.type === type ? [entry.place?.pack ?? 0] : []))
      return [...new Set(numbers)].map((number) =>
        join(at, 'data', (packs[number] ?? '').slice(0, 2), packs[number] ?? ''),
      )
    },
    async differences(snapshot) {
      const target = join(folder.path, snapshot)
      const { problems } = await restore(
        repository,
        snapshot,
        aRestore(target, { path: source, verify: true }),
        quiet,
        signal,
      )
      return [
        ...problems.map(({ path, message }) => `${path}: ${message}`),
        ...compareContents(source, target),
      ]
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

/** The target itself is the operator's. */
function compareContents(source: string, target: string): string[] {
  return compareTrees(source, target).filter((line) => !line.startsWith('"":'))
}

const lose = {
  missing: (pack: string) => {
    rmSync(pack)
  },
  'cut off': (pack: string) => {
    truncateSync(pack, statSync(pack).size >> 1)
  },
  'cut off at its end': (pack: string) => {
    truncateSync(pack, statSync(pack).size - 1)
  },
  empty: (pack: string) => {
    truncateSync(pack, 0)
  },
} as const

describe.each(Object.keys(lose) as (keyof typeof lose)[])('a pack that is %s', (loss) => {
  test.each(['data', 'tree'] as const)(
    'of %ss is told of, and the next backup stores again what it held',
    async (type) => {
      await using set = await setUp()
      for (const pack of await set.packs(type)) lose[loss](pack)

      const { problems, snapshotId } = await set.again()

      expect(problems).toContainEqual({
        path: 'packs',
        message: expect.stringMatching(loss === 'missing' ? /is missing|are missing/ : /cut off/) as string,
      })
      expect(await set.differences(snapshotId)).toEqual([])
    },
  )

  test.skipIf(programMissing('restic'))(
    'is nowhere any more after a repair of the indexes, and all is well',
    async () => {
      await using set = await setUp()
      for (const pack of await set.packs('data')) lose[loss](pack)
      await set.again()

      const options = { readAllPacks: false, dryRun: false }
      await whileLocked(
        set.repository,
        'exclusive',
        (stop) => repairIndex(set.repository, options, quiet, stop),
        signal,
      )

      for (const program of ['restic', newerProgram('restic')]) {
        if (program === undefined) continue
        expect(await stockRestic(set.at, ['check', '--read-data'], program)).toContain('no errors were found')
      }
      const { problems } = await set.again()
      expect(problems).toEqual([])
    },
  )

  test('of a copy is filled again by the next copying', async () => {
    await using set = await setUp()
    const other = join(set.folder, 'other')
    mkdirSync(other)
    const to = await initRepository(placeAt(other), signal)
    const events: RepositoryEvent[] = []
    const copy = async () => {
      const snapshots = (await listSnapshots(set.repository, signal)).snapshots.map(({ id }) => id)
      return copySnapshots(
        set.repository,
        to,
        { snapshots, dryRun: false },
        (event) => events.push(event),
        signal,
      )
    }
    await copy()
    const packs = readdirSync(join(other, 'data'), { recursive: true, encoding: 'utf8' })
    for (const pack of packs.filter((name) => name.length > 60)) lose[loss](join(other, 'data', pack))

    const { snapshots } = await copy()

    expect(events).toContainEqual({
      kind: 'problem',
      problem: expect.objectContaining({ path: 'packs' }) as object,
    })
    const [copied] = (await listSnapshots(to, signal)).snapshots
    expect(snapshots).toMatchObject([{ kind: 'there-already', as: copied?.id }])
    const target = join(set.folder, 'target')
    const { problems } = await restore(
      to,
      copied?.id ?? '',
      aRestore(target, { path: set.source }),
      quiet,
      signal,
    )
    expect(problems).toEqual([])
    expect(compareContents(set.source, target)).toEqual([])
  })
})

test('a listing of the last backup that is damaged is told of once, and stored again though nothing has changed', async () => {
  await using set = await setUp()
  for (const pack of await set.packs('tree')) {
    const bytes = readFileSync(pack)
    // All of them, whatever their order.
    for (let at = 20; at < bytes.length - 1; at += 40) bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(pack, bytes)
  }

  const { problems, snapshotId } = await set.again()

  expect(problems).toEqual([
    { path: 'last backup', message: expect.stringMatching(/^the listings? of .* damaged/) as string },
  ])
  expect(await set.differences(snapshotId)).toEqual([])
})
