import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { checkRepository } from '../../src/repository/checking/check-repository.ts'
import { whileLocked } from '../../src/repository/locks/while-locked.ts'
import { openRepository } from '../../src/repository/open.ts'
import { carryOutPrune } from '../../src/repository/pruning/carry-out-prune.ts'
import { preparePrune } from '../../src/repository/pruning/prepare-prune.ts'
import type { PruneOptions } from '../../src/repository/pruning/prune-options.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { programMissing } from '../support/programs.ts'
import { aBackup, aRestore, placeAt } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { stockRestic } from '../support/stock-restic.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined
const everything: PruneOptions = { maxUnused: { kind: 'bytes', bytes: 0 }, maxRepackBytes: Infinity }
const hosts = ['pam-1', 'pam-2'] as const

const newer = newerProgram('restic')
const pairs = [
  { which: 'of one version', programs: ['restic', 'restic'], missing: programMissing('restic') },
  {
    which: 'of two versions',
    programs: ['restic', newer ?? 'restic'],
    missing: programMissing('restic') || newer === undefined,
  },
]

describe.each(pairs)('what two stock restics $which stored at the same time', ({ programs, missing }) => {
  test.skipIf(missing)('is whole, restores, and is there once after a prune', async () => {
    await using folder = await temporaryFolder()
    const { path } = folder
    const at = join(path, 'repository')
    await backedUpAtOnce(path, programs)
    using repository = await openRepository(placeAt(at), signal)
    const stored = await blobsAt(at)
    expect(stored.length).toBeGreaterThan(new Set(stored).size)

    expect(await problemsOf(repository)).toEqual([])
    for (const host of hosts) await expectRestored(repository, path, host)
    const again = await backUp(repository, aBackup([join(path, 'pam-1')]), quiet, signal)
    expect(again.bytesAdded).toBeLessThan(20_000)

    await prune(repository)

    const kept = await blobsAt(at)
    expect(kept).toHaveLength(new Set(kept).size)
    expect(new Set(stored).difference(new Set(kept))).toEqual(new Set())
    expect(await problemsOf(repository)).toEqual([])
    for (const host of hosts) await expectRestored(repository, path, host)
    expect(await stockRestic(at, ['check', '--read-data'])).toContain('no errors were found')
    expect(await stockRestic(at, ['prune', '--dry-run', '--max-unused', '0'])).toMatch(/to delete: +0 blobs/)
  })
})

/** Neither sees what the other writes, as where both have read the indexes before the other wrote his. */
async function backedUpAtOnce(path: string, programs: readonly string[]): Promise<void> {
  const at = join(path, 'repository')
  await stockRestic(at, ['init', '--repository-version', '2'])
  for (const host of hosts) cpSync(at, join(path, `${host}-sees`), { recursive: true })
  for (const [n, host] of hosts.entries()) {
    const source = sourceOf(path, host)
    await stockRestic(join(path, `${host}-sees`), ['backup', '--host', host, source], programs[n])
  }
  for (const host of hosts) cpSync(join(path, `${host}-sees`), at, { recursive: true, force: false })
}

/** Files that both have, in a folder that is the same, and others beside them in the same packs. */
function sourceOf(path: string, host: string): string {
  const source = join(path, host)
  mkdirSync(join(source, 'of both'), { recursive: true })
  for (let n = 0; n < 12; n++) {
    writeFileSync(join(source, 'of both', `${n}`), seededBytes(n, 150_000))
    writeFileSync(join(source, `${host} ${n}`), seededBytes(host === 'pam-1' ? 100 + n : 200 + n, 60_000))
  }
  return source
}

/** A line for each place in which a blob is, by the indexes: `data ID` or `tree ID`. */
async function blobsAt(at: string): Promise<string[]> {
  return (await stockRestic(at, ['list', 'blobs'])).trim().split('\n')
}

async function problemsOf(repository: Repository): Promise<readonly unknown[]> {
  return (await checkRepository(repository, { readData: { kind: 'all' } }, quiet, signal)).problems
}

async function expectRestored(repository: Repository, path: string, host: string): Promise<void> {
  const { snapshots } = await listSnapshots(repository, signal)
  const snapshot = snapshots.find(({ hostname }) => hostname === host)
  const target = join(path, crypto.randomUUID())
  await restore(repository, snapshot?.id ?? '', aRestore(target), quiet, signal)
  expect(compareTrees(join(path, host), join(target, path, host))).toEqual([])
}

function prune(repository: Repository): Promise<void> {
  const work = async (locked: AbortSignal): Promise<void> => {
    const staying = await listSnapshots(repository, locked)
    await carryOutPrune(
      repository,
      await preparePrune(repository, staying, everything, quiet, locked),
      quiet,
      locked,
    )
  }
  return whileLocked(repository, 'exclusive', work, signal)
}
