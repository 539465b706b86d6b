import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import type { BackupResult } from '../../src/repository/archiving/request.ts'
import { loadIndex } from '../../src/repository/blob-index/load-index.ts'
import { copySnapshots } from '../../src/repository/copying/copy-snapshots.ts'
import { whileLocked } from '../../src/repository/locks/while-locked.ts'
import { initRepository } from '../../src/repository/open.ts'
import { carryOutPrune } from '../../src/repository/pruning/carry-out-prune.ts'
import { preparePrune } from '../../src/repository/pruning/prepare-prune.ts'
import { defaultPruneOptions } from '../../src/repository/pruning/prune-options.ts'
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

describe('a listing that is damaged', () => {
  test('is told of once, and stored again though nothing has changed, and a prune leaves it so', async () => {
    await using set = await setUp()
    await spoilTrees(set)

    const { problems, snapshotId } = await set.again()

    expect(problems).toEqual([
      { path: 'last backup', message: expect.stringMatching(/^the listings? of .* damaged/) as string },
    ])
    expect(await set.differences(snapshotId)).toEqual([])
    // Of the first snapshot alone, when anybody wrote into the system's folder for temporary files meanwhile: its listing, too, is in both.
    await forgetAllBut(set, snapshotId)
    await prune(set)
    expect(await set.differences(snapshotId)).toEqual([])
    expect((await set.again()).problems).toEqual([])
  })

  test('of a folder that was moved since, and is the same under its new name, is stored again', async () => {
    await using set = await setUp()
    mkdirSync(join(set.source, 'before/within'), { recursive: true })
    writeFileSync(join(set.source, 'before/within/file'), 'content')
    const known = new Set(await set.packs('tree'))
    await set.again()
    // What is read of the last backup is whole: only what was not there then is damaged.
    await spoilTrees(
      set,
      (pack) => !known.has(pack),
      (tree) => tree.length < 1000,
    )
    renameSync(join(set.source, 'before'), join(set.source, 'after'))

    const { snapshotId } = await set.again()

    expect(await set.differences(snapshotId)).toEqual([])
  })

  test('of what another has lost too is no copy any more', async () => {
    await using set = await setUp()
    const other = join(set.folder, 'other')
    mkdirSync(other)
    const to = await initRepository(placeAt(other), signal)
    const copy = async () => {
      const snapshots = (await listSnapshots(set.repository, signal)).snapshots.map(({ id }) => id)
      return copySnapshots(set.repository, to, { snapshots, dryRun: false }, quiet, signal)
    }
    expect(await copy()).toMatchObject({ lost: undefined, snapshots: [{ kind: 'copied' }] })
    await spoilTrees(set)
    const packs = readdirSync(join(other, 'data'), { recursive: true, encoding: 'utf8' })
    for (const pack of packs.filter((name) => name.length > 60)) rmSync(join(other, 'data', pack))

    expect(await copy()).toMatchObject({
      lost: expect.stringContaining('missing') as string,
      snapshots: [{ kind: 'failed' }],
    })
  })
})

/** All trees of a pack, or those of some lengths. */
async function spoilTrees(
  set: SetUp,
  isMeant: (pack: string) => boolean = () => true,
  isSpoilt: (blob: { readonly length: number }) => boolean = () => true,
): Promise<void> {
  const { blobs, packs } = await loadIndex(set.repository, signal)
  for (let number = 0; number < blobs.count; number++) {
    const entry = blobs.entryAt(number)
    const id = packs[entry?.place?.pack ?? -1]
    if (entry?.type !== 'tree' || entry.place === undefined || id === undefined) continue
    const path = join(set.at, 'data', id.slice(0, 2), id)
    if (!isMeant(path) || !isSpoilt(entry.place)) continue
    const bytes = readFileSync(path)
    bytes[entry.place.offset + 20] = (bytes[entry.place.offset + 20] ?? 0) ^ 1
    writeFileSync(path, bytes)
  }
}

async function forgetAllBut({ repository, at }: SetUp, snapshot: string): Promise<void> {
  for (const { id } of (await listSnapshots(repository, signal)).snapshots)
    if (id !== snapshot) rmSync(join(at, 'snapshots', id))
}

async function prune({ repository }: SetUp): Promise<void> {
  const work = async (stop: AbortSignal): Promise<void> => {
    const prepared = await preparePrune(
      repository,
      await listSnapshots(repository, stop),
      defaultPruneOptions,
      quiet,
      stop,
    )
    await carryOutPrune(repository, prepared, quiet, stop)
  }
  await whileLocked(repository, 'exclusive', work, signal)
}
