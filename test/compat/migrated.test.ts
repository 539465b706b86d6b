import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { checkRepository } from '../../src/repository/checking/check-repository.ts'
import { whileLocked } from '../../src/repository/locks/while-locked.ts'
import { openRepository } from '../../src/repository/open.ts'
import { carryOutPrune } from '../../src/repository/pruning/carry-out-prune.ts'
import { preparePrune } from '../../src/repository/pruning/prepare-prune.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { removeSnapshots } from '../../src/repository/retention/remove-snapshots.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { programMissing } from '../support/programs.ts'
import { aBackup, aRestore, placeAt, testPassword } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined
const everything = { maxUnused: { kind: 'bytes', bytes: 0 }, maxRepackBytes: Infinity } as const

const peers = [
  { name: 'restic of Debian', program: 'restic', missing: programMissing('restic') },
  {
    name: 'newer restic',
    program: newerProgram('restic') ?? 'restic',
    missing: newerProgram('restic') === undefined,
  },
]

describe.each(peers)('a repository that $name made in version 1 and migrated', ({ program, missing }) => {
  test.skipIf(missing)(
    'is checked, restored, added to and pruned, and restic finds no errors in it',
    async () => {
      await using folder = await temporaryFolder()
      const [at, source, target] = ['repository', 'source', 'target'].map((name) =>
        join(folder.path, name),
      ) as [string, string, string]
      mkdirSync(source)
      const restic = (...words: string[]): string =>
        execFileSync(program, ['-r', at, '--no-cache', ...words], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, RESTIC_PASSWORD: testPassword, TZ: 'UTC' },
        })
      restic('init', '--repository-version', '1')
      writeFileSync(join(source, 'goes'), seededBytes(1, 2_000_000))
      writeFileSync(join(source, 'stays'), seededBytes(2, 2_000_000))
      restic('backup', '--host', 'test', source)
      writeFileSync(join(source, 'goes'), 'not much is left')
      restic('backup', '--host', 'test', source)
      restic('migrate', 'upgrade_repo_v2')
      using repository = await openRepository(placeAt(at), signal)
      const check = async (): Promise<unknown> =>
        (await checkRepository(repository, { readData: { kind: 'all' } }, quiet, signal)).problems

      expect(await check()).toEqual([])
      const [first, second] = (await listSnapshots(repository, signal)).snapshots
      const restored = async (id: string | undefined, into: string): Promise<string> => {
        const to = join(target, into)
        const { problems } = await restore(repository, id ?? '', aRestore(to), quiet, signal)
        expect(problems).toEqual([])
        return join(to, source)
      }
      const old = await restored(first?.id, 'first')
      expect(readFileSync(join(old, 'goes')).equals(seededBytes(1, 2_000_000))).toBe(true)
      expect(compareTrees(source, await restored(second?.id, 'second'))).toEqual([])

      writeFileSync(join(source, 'new'), seededBytes(3, 500_000))
      const added = await backUp(repository, aBackup([source]), quiet, signal)
      expect(added).toMatchObject({ parent: second?.id, filesNew: 1, problems: [] })
      const freed = await whileLocked(
        repository,
        'exclusive',
        async (locked) => {
          await removeSnapshots(repository, first === undefined ? [] : [first.id], locked)
          const staying = await listSnapshots(repository, locked)
          const prepared = await preparePrune(repository, staying, everything, quiet, locked)
          await carryOutPrune(repository, prepared, quiet, locked)
          return prepared.plan.figures.freedBytes
        },
        signal,
      )

      expect(freed).toBeGreaterThan(1_900_000)
      expect(compareTrees(source, await restored(added.snapshotId, 'third'))).toEqual([])
      expect(await check()).toEqual([])
      expect(restic('check', '--read-data')).toContain('no errors were found')
    },
  )
})
