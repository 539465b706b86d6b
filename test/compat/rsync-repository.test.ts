import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
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
import { programMissing } from '../support/programs.ts'
import { aBackup, placeOf } from '../support/repositories.ts'
import { rsyncWorld } from '../support/rsync-world.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { sshServerMissing } from '../support/ssh-server.ts'
import { stockRestic } from '../support/stock-restic.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined
const mebibyte = 1024 * 1024
const all: PruneOptions = { maxUnused: { kind: 'bytes', bytes: 0 }, maxRepackBytes: Infinity }

test.skipIf(sshServerMissing() || programMissing('restic'))(
  'a repository by rsync is whole for stock restic after backups and a prune, and a second backup sends what is new alone',
  async () => {
    await using world = await rsyncWorld()
    const source = join(world.root, 'source')
    await mkdir(source)
    for (let n = 0; n < 4; n++) await writeFile(join(source, `file-${n}`), seededBytes(n, 8 * mebibyte))
    await using first = await world.reach()
    const repository = await initRepository(placeOf(first), signal)

    await backUp(repository, aBackup([source]), quiet, signal)
    const { sentBytes } = first.figures()
    await writeFile(join(source, 'file-0'), seededBytes(10, 8 * mebibyte))
    await using second = await world.reach()
    const again = await openRepository(placeOf(second), signal)
    await backUp(again, aBackup([source]), quiet, signal)

    expect(sentBytes).toBeGreaterThan(32 * mebibyte)
    expect(second.figures().sentBytes).toBeGreaterThan(8 * mebibyte)
    expect(second.figures().sentBytes).toBeLessThan(10 * mebibyte)
    expect(await stockRestic(world.server.folder, ['check', '--read-data'])).toContain('no errors were found')

    const figures = await forgetAllButLast(again)

    expect(figures.freedBytes).toBeGreaterThan(7 * mebibyte)
    expect(await stockRestic(world.server.folder, ['check', '--read-data'])).toContain('no errors were found')
  },
)

async function forgetAllButLast(repository: Repository): Promise<PruneFigures> {
  const work = async (locked: AbortSignal): Promise<PruneFigures> => {
    const { snapshots, damaged } = await listSnapshots(repository, locked)
    const going = snapshots.slice(0, -1).map(({ id }) => id)
    await removeSnapshots(repository, going, locked)
    const staying = { snapshots: snapshots.slice(-1), damaged }
    const prepared = await preparePrune(repository, staying, all, quiet, locked)
    await carryOutPrune(repository, prepared, quiet, locked)
    return prepared.plan.figures
  }
  return whileLocked(repository, 'exclusive', work, signal)
}
