import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { whileLocked } from '../../src/repository/locks/while-locked.ts'
import { initRepository, openRepository } from '../../src/repository/open.ts'
import { carryOutPrune } from '../../src/repository/pruning/carry-out-prune.ts'
import type { PruneFigures } from '../../src/repository/pruning/plan-prune.ts'
import { preparePrune } from '../../src/repository/pruning/prepare-prune.ts'
import type { PruneOptions } from '../../src/repository/pruning/prune-options.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { removeSnapshots } from '../../src/repository/retention/remove-snapshots.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { programMissing } from '../support/programs.ts'
import { aBackup, placeAt, testPassword } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
const quiet = (): void => undefined
const all: PruneOptions = { maxUnused: { kind: 'bytes', bytes: 0 }, maxRepackBytes: Infinity }

const peers = [
  { name: 'restic of Debian', program: 'restic', missing: programMissing('restic') },
  {
    name: 'newer restic',
    program: newerProgram('restic') ?? 'restic',
    missing: newerProgram('restic') === undefined,
  },
]

describe.each(peers)('after a prune, $name', ({ program, missing }) => {
  const restic = (at: string, ...words: string[]): string =>
    execFileSync(program, ['-r', at, '--no-cache', ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, RESTIC_PASSWORD: testPassword, TZ: 'UTC' },
    })

  test.skipIf(missing)(
    'finds no errors in what we wrote, restores it, and has nothing to prune',
    async () => {
      await using folder = await temporaryFolder()
      const { at, source } = placesIn(folder.path)
      const repository = await initRepository(placeAt(at), signal)
      for (let version = 0; version < 4; version++) {
        changeFiles(source, version)
        await backUp(repository, aBackup([source]), quiet, signal)
      }

      const figures = await forgetAllButLast(repository)

      expect(figures.freedBytes).toBeGreaterThan(0)
      expect(figures.repackedPacks).toBeGreaterThan(0)
      expect(restic(at, 'check', '--read-data')).toContain('no errors were found')
      restic(at, 'restore', 'latest', '--target', join(folder.path, 'target'))
      expect(compareTrees(source, join(folder.path, 'target', source))).toEqual([])
      expect(restic(at, 'prune', '--dry-run', '--max-unused', '0')).toMatch(/to delete: +0 blobs/)
      expect(await forgetAllButLast(repository)).toMatchObject({ freedBytes: 0, repackedPacks: 0 })
    },
  )

  test.skipIf(missing)('wrote what we prune, and goes on with it', async () => {
    await using folder = await temporaryFolder()
    const { at, source } = placesIn(folder.path)
    restic(at, 'init')
    for (let version = 0; version < 4; version++) {
      changeFiles(source, version)
      restic(at, 'backup', '--host', 'test', source)
    }
    const repository = await openRepository(placeAt(at), signal)

    const figures = await forgetAllButLast(repository)

    expect(figures.freedBytes).toBeGreaterThan(0)
    expect(restic(at, 'check', '--read-data')).toContain('no errors were found')
    changeFiles(source, 5)
    restic(at, 'backup', '--host', 'test', source)
    restic(at, 'forget', '--keep-last', '1', '--prune', '--max-unused', '0')
    restic(at, 'restore', 'latest', '--target', join(folder.path, 'target'))
    expect(compareTrees(source, join(folder.path, 'target', source))).toEqual([])
    expect(restic(at, 'check', '--read-data')).toContain('no errors were found')
  })
})

function placesIn(path: string): { readonly at: string; readonly source: string } {
  const at = join(path, 'repository')
  const source = join(path, 'source')
  mkdirSync(at)
  mkdirSync(join(source, 'folder'), { recursive: true })
  return { at, source }
}

/**
 * Files that stay, that grow, that are of one version only; and folders of each version. Chance decides which of two packs a
 * file goes to: of so many, some of each kind share one.
 */
function changeFiles(source: string, version: number): void {
  const folder = join(source, `only ${version}`)
  rmSync(join(source, `only ${version - 1}`), { recursive: true, force: true })
  mkdirSync(folder)
  for (let n = 0; n < 20; n++) {
    writeFileSync(join(folder, `random ${n}`), seededBytes(1000 * version + n, 75_000))
    writeFileSync(
      join(source, 'folder', `stays ${version} ${n}`),
      seededBytes(1000 * version + 500 + n, 35_000),
    )
  }
  appendFileSync(join(source, 'folder', 'grows'), seededBytes(1000 * version + 900, 300_000))
}

async function forgetAllButLast(repository: Repository): Promise<PruneFigures> {
  const work = async (locked: AbortSignal): Promise<PruneFigures> => {
    const { snapshots, damaged } = await listSnapshots(repository, locked)
    const staying = { snapshots: snapshots.slice(-1), damaged }
    const going = snapshots.slice(0, -1).map(({ id }) => id)
    await removeSnapshots(repository, going, locked)
    const prepared = await preparePrune(repository, staying, all, quiet, locked)
    await carryOutPrune(repository, prepared, quiet, locked)
    return prepared.plan.figures
  }
  return whileLocked(repository, 'exclusive', work, signal)
}
