import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import type { Locking, LockNotice } from '../../src/repository/locks/locking.ts'
import { isToBeRemoved, listLocks, removeLocks } from '../../src/repository/locks/unlock.ts'
import { whileLocked } from '../../src/repository/locks/while-locked.ts'
import { initRepository, openRepository } from '../../src/repository/open.ts'
import { restore } from '../../src/repository/restoring/restore.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { programMissing } from '../support/programs.ts'
import { aBackup, aRestore, placeAt, testPassword } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const quiet = (): void => undefined
const env = { ...process.env, RESTIC_PASSWORD: testPassword, TZ: 'UTC' }

const programs: readonly (readonly [string, string | undefined])[] = [
  ['restic 0.14', programMissing('restic') ? undefined : 'restic'],
  ['restic 0.19', newerProgram('restic')],
]

async function aRepository(at: string, locking: Partial<Locking> = {}) {
  mkdirSync(at, { recursive: true })
  return initRepository({ ...placeAt(at), locking }, signal)
}

function locksAt(at: string): string[] {
  const folder = join(at, 'locks')
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.length === 64) : []
}

describe.each(programs)('beside %s', (_, program) => {
  const restic = (at: string, ...words: string[]) =>
    spawnSync(program ?? '', ['-r', at, '--no-cache', ...words], { env, encoding: 'utf8' })

  /** A backup that goes on until its input ends. */
  async function startBackup(at: string): Promise<ChildProcess> {
    const words = ['-r', at, '--no-cache', 'backup', '--stdin', '--stdin-filename', 'x']
    const child = spawn(program ?? '', words, { env, stdio: ['pipe', 'ignore', 'ignore'] })
    const before = locksAt(at).length
    while (locksAt(at).length === before) await new Promise((resolve) => setTimeout(resolve, 50))
    return child
  }

  test.skipIf(program === undefined)('our lock keeps it from pruning, and lets it back up', async () => {
    await using folder = await temporaryFolder()
    const at = join(folder.path, 'repository')
    const repository = await aRepository(at)

    await whileLocked(
      repository,
      'shared',
      async () => {
        const pruned = restic(at, 'prune')
        expect(pruned.status).not.toBe(0)
        expect(pruned.stderr).toContain(`PID ${process.pid} on ${hostname()}`)
        expect(restic(at, 'backup', folder.path, '--exclude', at).status).toBe(0)
      },
      signal,
    )

    expect(restic(at, 'prune').status).toBe(0)
  })

  test.skipIf(program === undefined)('its lock keeps us from being alone, and lets us back up', async () => {
    await using folder = await temporaryFolder()
    const at = join(folder.path, 'repository')
    writeFileSync(join(folder.path, 'file'), 'x')
    const repository = await aRepository(at)
    const child = await startBackup(at)

    const alone = whileLocked(repository, 'exclusive', () => Promise.resolve(), signal)
    await expect(alone).rejects.toThrow(new RegExp(`process ${child.pid} of .* on ${hostname()} \\(lock`))
    await backUp(repository, aBackup([join(folder.path, 'file')]), quiet, signal)
    child.stdin?.end()
    await once(child, 'exit')

    await whileLocked(repository, 'exclusive', () => Promise.resolve(), signal)
    expect(locksAt(at)).toEqual([])
  })

  test.skipIf(program === undefined)('each finds out the locks that the other left', async () => {
    await using folder = await temporaryFolder()
    const at = join(folder.path, 'repository')
    const repository = await aRepository(at)
    const child = await startBackup(at)
    child.kill('SIGKILL')
    await once(child, 'exit')

    const [left] = await listLocks(repository, signal)
    expect(left).toMatchObject({ kind: 'readable', state: { kind: 'stale', why: 'its process is gone' } })
    if (left !== undefined)
      await removeLocks(
        repository,
        [left].filter((one) => isToBeRemoved(one, false)),
        signal,
      )
    expect(locksAt(at)).toEqual([])

    const notices: LockNotice[] = []
    const dead = { pid: 4_000_000, onNotice: (notice: LockNotice) => void notices.push(notice) }
    const other = await openRepository({ ...placeAt(at), locking: dead }, signal)
    const unlocked = await whileLocked(
      other,
      'exclusive',
      () => Promise.resolve(restic(at, 'unlock')),
      signal,
    )
    expect(unlocked.status).toBe(0)
    expect(locksAt(at)).toEqual([])
  })
})

test('several hosts back up several sources at once, and nobody prunes meanwhile', async () => {
  await using folder = await temporaryFolder()
  const at = join(folder.path, 'repository')
  await aRepository(at)
  const hosts = ['pam-1', 'pam-2', 'pam-3']
  const sources = hosts.map((host, n) => {
    const source = join(folder.path, host)
    mkdirSync(source)
    writeFileSync(join(source, 'common'), seededBytes(1, 3_000_000))
    writeFileSync(join(source, 'own'), seededBytes(n + 2, 3_000_000))
    return source
  })

  const ends = await Promise.all(
    hosts.map(async (host, n) => {
      const repository = await openRepository({ ...placeAt(at), locking: { hostname: host } }, signal)
      const request = aBackup([sources[n] ?? ''], { hostname: host, workers: 1 })
      return backUp(
        repository,
        request,
        () => {
          if (locksAt(at).length === 0) throw new Error('nobody is locked')
        },
        signal,
      )
    }),
  )

  const repository = await openRepository(placeAt(at), signal)
  expect((await listSnapshots(repository, signal)).snapshots).toHaveLength(hosts.length)
  for (const [n, { snapshotId }] of ends.entries()) {
    const target = join(folder.path, `back-${n}`)
    await restore(repository, snapshotId, aRestore(target, { path: sources[n] }), quiet, signal)
    expect(compareTrees(sources[n] ?? '', target).filter((line) => !line.startsWith('"":'))).toEqual([])
  }
  for (const [, program] of programs) {
    if (program === undefined) continue
    const words = ['-r', at, '--no-cache', 'check', '--read-data']
    expect(execFileSync(program, words, { env, encoding: 'utf8' })).toContain('no errors were found')
  }
  expect(readFileSync(join(sources[0] ?? '', 'common'))).toHaveLength(3_000_000)
})
